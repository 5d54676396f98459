package dev.millrace.cluster.channel;

/** Why two nodes do not go together. */
record Refusal(Kind kind, String reason) {
  enum Kind {
    SECRET,
    PROTOCOL,
    CLOCK,
    NAME
  }
}
