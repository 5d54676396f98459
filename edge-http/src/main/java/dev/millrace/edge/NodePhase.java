package dev.millrace.edge;

/** How far a node is in its life, for those who decide whether to send it anybody. */
enum NodePhase {
  /** It listens, and does not know all that it needs yet. */
  STARTING,
  READY,
  /** It wants whoever is here to leave. */
  DRAINING
}
