package dev.millrace.cluster.channel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.AUTH;
import org.jgroups.protocols.AuthHeader;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.GMS.GmsHeader;
import org.jgroups.protocols.pbcast.JoinRsp;
import org.jgroups.util.NameCache;
import org.jspecify.annotations.Nullable;

/**
 * JGroups' AUTH, which looks at every request to join and to merge and at their answers, with
 * reasons: the one refused is told why, and both sides say so in one line of their log.
 */
final class AdmissionProtocol extends AUTH {
  private static final String MARK = "millrace-refused ";
  private static final Duration MERGE_PAUSE = Duration.ofSeconds(20);

  private final AdmissionToken token;
  private final RateLimitedLog refusals;
  private final InstantSource clock;

  /** Who was refused, and when. */
  private final Map<Address, Instant> refused = new ConcurrentHashMap<>();

  private volatile @Nullable View view;
  private volatile @Nullable Refusal last;

  AdmissionProtocol(AdmissionToken token, RateLimitedLog refusals, InstantSource clock) {
    this.token = token;
    this.refusals = refusals;
    this.clock = clock;
    setId(ClassConfigurator.getProtocolId(AUTH.class));
    setAuthToken(token);
    token.setAuth(this);
  }

  /** What a member is called in the group: its name and id, which every member so knows. */
  static String memberName(Admission of) {
    return of.nodeName() + "@" + of.nodeId();
  }

  /** Whom this node would not have, if anyone. */
  Optional<Refusal> lastRefusal() {
    return Optional.ofNullable(last);
  }

  /** The refusal in what {@code connect} threw, if it was one. */
  static Optional<Refusal> refusal(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof SecurityException && text.startsWith(MARK)) {
        String[] words = text.substring(MARK.length()).split(" ", 2);
        return Optional.of(new Refusal(Refusal.Kind.valueOf(words[0]), words[1]));
      }
    }
    return Optional.empty();
  }

  @Override
  public Object down(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      view = event.getArg();
    }
    return super.down(event);
  }

  /**
   * A merge with those who would be refused is not tried for a while: whoever leads one takes in
   * nobody meanwhile, and makes a new view of it in any case.
   */
  @Override
  public @Nullable Object up(Event event) {
    if (event.getType() == Event.MERGE) {
      Instant recent = clock.instant().minus(MERGE_PAUSE);
      refused.values().removeIf(when -> when.isBefore(recent));
      Map<Address, View> found = event.getArg();
      Map<Address, View> wanted = new HashMap<>(found);
      wanted
          .entrySet()
          .removeIf(
              one ->
                  refused.containsKey(one.getKey())
                      || refused.containsKey(one.getValue().getCreator()));
      return wanted.size() < 2 ? null : super.up(new Event(Event.MERGE, wanted));
    }
    return super.up(event);
  }

  @Override
  protected boolean handleAuthHeader(GmsHeader header, AuthHeader admission, Message message) {
    Optional<Refusal> refusal =
        admission.getToken() instanceof AdmissionToken other
            ? token.judge(other).or(() -> nameTaken(other.admission(), message.getSrc()))
            : Optional.of(new Refusal(Refusal.Kind.PROTOCOL, "a node says nothing of itself"));
    refusal.ifPresent(found -> refuse(found, header, message.getSrc()));
    return refusal.isEmpty() || header.getType() == GmsHeader.MERGE_RSP;
  }

  private Optional<Refusal> nameTaken(Admission other, Address source) {
    View members = view;
    if (members == null) {
      return Optional.empty();
    }
    for (Address member : members.getMembers()) {
      String name = member.equals(source) ? null : NameCache.get(member);
      if (name != null
          && name.startsWith(other.nodeName() + "@")
          && !name.equals(memberName(other))) {
        return Optional.of(
            new Refusal(
                Refusal.Kind.NAME,
                "there is a node named %s already, with the id %s and not %s: give one of them another name"
                    .formatted(
                        other.nodeName(), name.substring(name.indexOf('@') + 1), other.nodeId())));
      }
    }
    return Optional.empty();
  }

  private void refuse(Refusal refusal, GmsHeader header, Address source) {
    last = refusal;
    refused.put(source, clock.instant());
    Object address =
        down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, source)) instanceof PhysicalAddress at
            ? at
            : "an unknown address";
    refusals.warn(
        refusal.kind() + " " + address,
        "refused the node at %s: %s".formatted(address, refusal.reason()));
    switch (header.getType()) {
      case GmsHeader.JOIN_REQ, GmsHeader.JOIN_REQ_WITH_STATE_TRANSFER ->
          down_prot.down(
              new BytesMessage(source)
                  .putHeader(GMS_ID, new GmsHeader(GmsHeader.JOIN_RSP))
                  .setArray(
                      GMS.marshal(new JoinRsp(MARK + refusal.kind() + " " + refusal.reason()))));
      case GmsHeader.MERGE_REQ ->
          down_prot.down(
              new EmptyMessage(source)
                  .setFlag(Message.Flag.OOB)
                  .putHeader(
                      GMS_ID,
                      new GmsHeader(GmsHeader.MERGE_RSP)
                          .mergeId(header.getMergeId())
                          .setMergeRejected(true))
                  .putHeader(id, new AuthHeader(token)));
      // Passed on: who leads the merge must not wait for it.
      case GmsHeader.MERGE_RSP -> header.setMergeRejected(true);
      default -> {
        // An answer: it is dropped, and what was asked for does not happen.
      }
    }
  }
}
