package dev.millrace.cluster.channel;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What became of the TLS handshakes of a node: tells the log, and whoever asks why nobody let it
 * in. Any thread.
 */
final class Handshakes {
  private final RateLimitedLog log;

  /* Guarded by this. */
  private int running;

  private boolean succeeded;
  private Optional<String> refusal = Optional.empty();

  Handshakes(RateLimitedLog log) {
    this.log = log;
  }

  /** Someone is connected and the handshake begins. */
  synchronized void began() {
    running++;
  }

  /** It went well. */
  synchronized void succeeded() {
    running--;
    succeeded = true;
  }

  /** A node that was asked did not agree. */
  void failedAsClient(InetAddress peer, int port, IOException why) {
    String name = "%s:%d".formatted(peer.getHostAddress(), port);
    ended(name, explain(why), why, "cannot talk with " + name);
  }

  /** Someone who came did not agree. */
  void failedAsServer(InetAddress peer, IOException why) {
    String name = peer.getHostAddress();
    ended(name, explain(why), why, "refused a connection from " + name);
  }

  /** Whether somebody is there: a handshake goes on, or went well. */
  synchronized boolean found() {
    return running > 0 || succeeded;
  }

  /** Why a node was not agreed with, if there was one, for an operator. */
  synchronized Optional<String> refusal() {
    return refusal;
  }

  private void ended(String peer, Optional<String> explained, IOException why, String action) {
    String reason = explained.orElseGet(() -> unexplained(why));
    synchronized (this) {
      running--;
      if (explained.isPresent()) {
        refusal = Optional.of(peer + ": " + reason);
      }
    }
    log.warn("tls %s %s".formatted(peer, explained.isPresent()), action + ": " + reason);
  }

  private static String unexplained(IOException why) {
    if (why instanceof SocketTimeoutException) {
      return "it said nothing for too long";
    }
    if (why.getCause() instanceof EOFException || why instanceof SocketException) {
      return "it broke off the TLS handshake; it may have another cluster secret than this node";
    }
    return "it does not speak TLS as nodes do (" + why.getMessage() + ")";
  }

  /** Empty where it was not about certificates: a stranger, or the network. */
  private static Optional<String> explain(IOException why) {
    if (!(why instanceof SSLException)) {
      return Optional.empty();
    }
    for (Throwable cause = why; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return Optional.of(
            "its certificate is not valid at this hour; one of the two clocks is wrong");
      }
    }
    String text = String.valueOf(why.getMessage()).toLowerCase(Locale.ROOT);
    boolean untrusted =
        text.contains("pkix")
            || text.contains("certificate")
            || text.contains("unknown_ca")
            || text.contains("trust anchor");
    return untrusted
        ? Optional.of(
            "it has another cluster secret (or another certificate authority) than this node")
        : Optional.empty();
  }
}
