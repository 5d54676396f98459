package dev.millrace.cluster.channel;

import java.util.regex.Pattern;

/**
 * What a node says of itself to be let in.
 *
 * @param nodeId unique for ever, kept over restarts
 * @param nodeName for people; no two nodes of a cluster have the same
 * @param protocol of the messages between nodes; all nodes of a cluster speak the same
 */
public record Admission(String nodeId, String nodeName, int protocol) {
  private static final Pattern WORD = Pattern.compile("[^\\s@]{1,64}");

  public Admission {
    if (!WORD.matcher(nodeId).matches() || !WORD.matcher(nodeName).matches()) {
      throw new IllegalArgumentException(
          "a node's id and name have 1 to 64 characters without blanks and @: %s, %s"
              .formatted(nodeId, nodeName));
    }
  }
}
