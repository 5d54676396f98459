package dev.millrace.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Speaks HTTP by hand, for what no client library would send. */
final class RawHttp {
  private RawHttp() {}

  /** Sends the text and returns everything until the server closes or resets the connection. */
  static String exchange(int port, String request) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = open(port, request)) {
      byte[] buffer = new byte[65536];
      for (int n = 0; n >= 0; n = socket.getInputStream().read(buffer)) {
        answer.write(buffer, 0, n);
      }
    } catch (SocketException reset) {
      // A server that closes with bytes unread resets; what came before counts.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  /** Sends the text and leaves the connection open. */
  static Socket open(int port, String request) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
