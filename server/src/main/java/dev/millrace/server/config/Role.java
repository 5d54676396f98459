package dev.millrace.server.config;

/** What a node does; a node may have several roles. */
public enum Role {
  /** Accepts publishers. */
  INGEST,
  /** Packages the source, and later encodes the ladder. */
  TRANSCODER,
  /** Keeps the part logs and their bytes. */
  ORIGIN,
  /** Serves viewers. */
  EDGE
}
