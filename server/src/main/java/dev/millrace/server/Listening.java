package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import java.io.IOException;
import java.net.BindException;

/** Opens ports, and says in the operator's words why one cannot be had. */
final class Listening {
  private Listening() {}

  /** Something that listens when it is started. */
  interface Listener {
    /** Returns the port that was bound. */
    int start() throws IOException;
  }

  /**
   * Starts a listener.
   *
   * @param protocol for the message
   * @param flag of the command line that chooses another port
   * @return the port that was bound
   * @throws ConfigException if it does not start
   */
  static int on(String protocol, int port, String flag, Listener listener) {
    try {
      return listener.start();
    } catch (BindException e) {
      throw new ConfigException(refusal(protocol, port, flag, e));
    } catch (IOException e) {
      throw new ConfigException(
          protocol + " cannot listen on port " + port + ": " + e.getMessage());
    }
  }

  private static String refusal(String protocol, int port, String flag, BindException cause) {
    String reason = String.valueOf(cause.getMessage());
    String what =
        reason.contains("ermission denied")
            ? " needs the right to use low ports"
            : " is in use by another program";
    return reason.contains("annot assign")
        ? protocol + " cannot listen on this machine: " + reason
        : protocol + " port " + port + what + "; choose another with " + flag + " N";
  }
}
