package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A plain blocking socket that says what the test wants, right or wrong, and reads the answers. */
final class RawPeer implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 15_000;

  private final Socket socket = new Socket();
  private final ChunkEncoder encoder = new ChunkEncoder();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  RawPeer(InetSocketAddress server) throws IOException {
    // Small, so that what the peer does not read is soon the server's burden.
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(server, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends bytes; a server that has closed meanwhile is no failure. */
  RawPeer send(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    try {
      out.write(bytes);
      out.flush();
    } catch (SocketException closed) {
      // what the server said before is still to be read
    }
    return this;
  }

  RawPeer send(String hex) throws IOException {
    return send(Bytes.fromHex(hex).toArray());
  }

  /** C0, C1 and C2 of the simple handshake, in one go. */
  RawPeer handshake() throws IOException {
    byte[] all = new byte[1 + 2 * HandshakeDigest.PACKET_LENGTH];
    all[0] = 3;
    return send(all);
  }

  /** A command on chunk stream 3. */
  RawPeer call(int messageStreamId, String name, double transaction, Amf0Value... arguments)
      throws IOException {
    return send(new RtmpMessage.Command(messageStreamId, name, transaction, List.of(arguments)));
  }

  RawPeer connect(String app) throws IOException {
    return call(0, "connect", 1, new Amf0Value.Obj(Map.of("app", new Amf0Value.Str(app))));
  }

  RawPeer publish(String name) throws IOException {
    return call(
        1, "publish", 5, Amf0Value.NULL, new Amf0Value.Str(name), new Amf0Value.Str("live"));
  }

  RawPeer send(RtmpMessage message) throws IOException {
    return send(RtmpMessageWriter.write(message, 1));
  }

  RawPeer send(ChunkMessage message) throws IOException {
    return send(encoded(message, 1));
  }

  /** The bytes of so many equal messages in a row. */
  byte[] encoded(RtmpMessage message, int times) {
    return encoded(RtmpMessageWriter.write(message, 1), times);
  }

  private byte[] encoded(ChunkMessage message, int times) {
    ByteBuf buffer = Unpooled.buffer();
    for (int i = 0; i < times; i++) {
      encoder.write(message, buffer);
    }
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  /** Says that nothing more will come. */
  RawPeer finish() throws IOException {
    try {
      socket.shutdownOutput();
    } catch (SocketException closed) {
      // closed by the server already
    }
    return this;
  }

  /** All messages that the server has sent, read until it closes. */
  List<RtmpMessage> readToEnd() throws IOException {
    byte[] buffer = new byte[65536];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        received.write(buffer, 0, n);
      }
    } catch (SocketException reset) {
      // the server closed while input was unread; what came before counts
    }
    return messages();
  }

  /** Reads until the server has said this command so often. */
  List<RtmpMessage> readUntil(String command, int times) throws IOException {
    byte[] buffer = new byte[65536];
    while (commands(messages(), command).size() < times) {
      int n = socket.getInputStream().read(buffer);
      if (n < 0) {
        throw new IOException("the server closed before " + command + ", after " + messages());
      }
      received.write(buffer, 0, n);
    }
    return messages();
  }

  private List<RtmpMessage> messages() {
    List<RtmpMessage> messages = new ArrayList<>();
    ClientHandshake handshake = new ClientHandshake(ignored -> {});
    ChunkDecoder[] decoder = new ChunkDecoder[1];
    decoder[0] =
        new ChunkDecoder(
            RtmpLimits.DEFAULT,
            chunks -> {
              RtmpMessage message = RtmpMessageReader.read(chunks);
              messages.add(message);
              if (message instanceof RtmpMessage.SetChunkSize(int size)) {
                decoder[0].setChunkSize(size);
              }
            });
    ByteBuf all = Unpooled.wrappedBuffer(received.toByteArray());
    if (handshake.read(all)) {
      decoder[0].read(all);
    }
    return messages;
  }

  static List<RtmpMessage.Command> commands(List<RtmpMessage> messages, String name) {
    return messages.stream()
        .filter(RtmpMessage.Command.class::isInstance)
        .map(RtmpMessage.Command.class::cast)
        .filter(command -> command.name().equals(name))
        .toList();
  }

  /** The codes of all statuses and errors in the order they came. */
  static List<String> codes(List<RtmpMessage> messages) {
    return messages.stream()
        .filter(RtmpMessage.Command.class::isInstance)
        .map(RtmpMessage.Command.class::cast)
        .filter(command -> command.argument(1).orElse(Amf0Value.NULL) instanceof Amf0Value.Keyed)
        .map(command -> (Amf0Value.Keyed) command.argument(1).orElseThrow())
        .map(info -> info.text("code").orElse(""))
        .toList();
  }

  /** Closes the socket without a word. */
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
