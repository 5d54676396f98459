package dev.millrace.cluster;

/** What a node can do for the others. */
public enum NodeRole {
  INGEST,
  TRANSCODER,
  ORIGIN,
  EDGE,
  RELAY
}
