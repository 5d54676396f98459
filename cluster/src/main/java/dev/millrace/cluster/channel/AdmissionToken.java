package dev.millrace.cluster.channel;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.media.Bytes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jgroups.Message;
import org.jgroups.auth.AuthToken;
import org.jspecify.annotations.Nullable;

/**
 * What travels with a request to join or to merge, and with its answer: who asks, what time it is
 * there, and a proof of the cluster's secret, which certificates of an operator's own authority
 * would not be. A node's own writes the time of the writing, so that a message sent again is not
 * late.
 *
 * <p>JGroups makes those that it reads by the constructor without arguments.
 */
public final class AdmissionToken extends AuthToken {
  private static final Duration MAX_SKEW = Duration.ofSeconds(5);
  private static final int VERSION = 1;
  private static final int SIGNATURE_BYTES = 32;

  private final @Nullable ClusterKeys keys;
  private final @Nullable InstantSource clock;
  private Admission admission = new Admission("?", "?", 0);
  private long clockMs;
  private Bytes signature = Bytes.EMPTY;

  /** For JGroups, which then reads. */
  public AdmissionToken() {
    this.keys = null;
    this.clock = null;
  }

  /** A node's own. */
  AdmissionToken(Admission self, ClusterKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
    this.admission = self;
  }

  /** Who it says it is. */
  Admission admission() {
    return admission;
  }

  /** Why this node's own token and the other's do not go together; empty if they do. */
  Optional<Refusal> judge(AdmissionToken other) {
    if (keys == null || clock == null) {
      throw new IllegalStateException("a token that was read judges nobody");
    }
    if (other == this) {
      return Optional.empty();
    }
    String them = other.admission.nodeName();
    String us = admission.nodeName();
    if (!keys.sign(other.signedText()).equals(other.signature)) {
      return Optional.of(
          new Refusal(
              Refusal.Kind.SECRET,
              "%s has another cluster secret than %s: copy the cluster's".formatted(them, us)));
    }
    int theirs = other.admission.protocol();
    int ours = admission.protocol();
    if (theirs != ours) {
      return Optional.of(
          new Refusal(
              Refusal.Kind.PROTOCOL,
              "%s speaks protocol %d of the cluster and %s protocol %d: upgrade %s"
                  .formatted(them, theirs, us, ours, theirs < ours ? them : us)));
    }
    long aheadMs = other.clockMs - clock.millis();
    if (Math.abs(aheadMs) > MAX_SKEW.toMillis()) {
      return Optional.of(
          new Refusal(
              Refusal.Kind.CLOCK,
              "the clock of %s is %.1f s %s that of %s, and %d s are allowed: set the clocks, by NTP"
                  .formatted(
                      them,
                      Math.abs(aheadMs) / 1000.0,
                      aheadMs > 0 ? "ahead of" : "behind",
                      us,
                      MAX_SKEW.toSeconds())));
    }
    return Optional.empty();
  }

  @Override
  public String getName() {
    return AdmissionToken.class.getName();
  }

  @Override
  public int size() {
    return 1
        + 2
        + admission.nodeId().length()
        + 2
        + admission.nodeName().length() * 3
        + Integer.BYTES
        + Long.BYTES
        + SIGNATURE_BYTES;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    if (keys == null || clock == null) {
      throw new IllegalStateException("a token that was read is not written again");
    }
    clockMs = clock.millis();
    out.writeByte(VERSION);
    out.writeUTF(admission.nodeId());
    out.writeUTF(admission.nodeName());
    out.writeInt(admission.protocol());
    out.writeLong(clockMs);
    out.write(keys.sign(signedText()).toArray());
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException("admission token of version " + version);
    }
    admission = new Admission(in.readUTF(), in.readUTF(), in.readInt());
    clockMs = in.readLong();
    byte[] proof = new byte[SIGNATURE_BYTES];
    in.readFully(proof);
    signature = Bytes.wrap(proof);
  }

  @Override
  public boolean authenticate(AuthToken token, Message message) {
    return token instanceof AdmissionToken other && judge(other).isEmpty();
  }

  @Override
  public String toString() {
    return "AdmissionToken(%s)".formatted(admission);
  }

  private Bytes signedText() {
    return signedText(admission, clockMs);
  }

  private static Bytes signedText(Admission of, long clockMs) {
    return Bytes.utf8("%s %s %d %d".formatted(of.nodeId(), of.nodeName(), of.protocol(), clockMs));
  }
}
