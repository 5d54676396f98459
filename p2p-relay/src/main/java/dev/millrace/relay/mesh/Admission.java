package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;

/** Who is let in: relays of the site that are not shut out (section 5, HELLO). Mesh's executor. */
final class Admission {
  private final Ground ground;
  private final Peers peers;
  private final Blame blame;

  Admission(Ground ground, Peers peers, Blame blame) {
    this.ground = ground;
    this.peers = peers;
    this.blame = blame;
  }

  /** The answer to a HELLO over a connection whose certificate certifies an id. */
  Frame.Welcome greet(Frame.Hello hello, Bytes certified, long clockMs) {
    Frame.Verdict verdict = verdict(hello, certified);
    return new Frame.Welcome(verdict, ground.id(), clockMs, verdict.text());
  }

  private Frame.Verdict verdict(Frame.Hello hello, Bytes certified) {
    if (!hello.site().equals(ground.settings().site())) {
      return Frame.Verdict.OTHER_SITE;
    }
    if (!hello.id().equals(certified) || certified.equals(ground.id())) {
      return Frame.Verdict.IDENTITY;
    }
    if (blame.banned(certified)) {
      return Frame.Verdict.BANNED;
    }
    boolean full = peers.all().size() >= ground.settings().maxPeers();
    return full && peers.get(certified).isEmpty() ? Frame.Verdict.FULL : Frame.Verdict.WELCOME;
  }
}
