package dev.millrace.server.bench;

import picocli.CommandLine.Option;

/** Which stream of the node a bench is about. */
final class StreamOption {
  @Option(
      names = "--stream",
      defaultValue = "live/main",
      description = "Which stream, APP/NAME (${DEFAULT-VALUE}).")
  private String path = "live/main";

  /** {@code APP/NAME}. */
  @Override
  public String toString() {
    return path;
  }
}
