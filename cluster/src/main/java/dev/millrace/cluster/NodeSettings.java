package dev.millrace.cluster;

/**
 * How far a node is with the settings of the whole cluster, so that what differs between nodes is
 * visible.
 *
 * @param revision number of the newest revision that it has; 0 for none
 * @param author id of the node that wrote that revision; empty for none
 * @param error why it could not apply that revision, one line; empty where it could
 * @param history a hash of the revisions that it knows; nodes with the same one know the same
 */
public record NodeSettings(long revision, String author, String error, long history) {
  /** None known yet. */
  public static final NodeSettings NONE = new NodeSettings(0, "", "", 0);
}
