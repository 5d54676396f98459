package dev.millrace.cluster.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import org.jgroups.util.DefaultSocketFactory;
import org.jgroups.util.ThreadFactory;

/** TLS under JGroups' TCP. Datagrams, which find nodes and carry nothing else, stay as they are. */
final class TlsSocketFactory extends DefaultSocketFactory {
  private final SSLContext context;
  private final Handshakes handshakes;
  private final ThreadFactory threads;

  TlsSocketFactory(SSLContext context, Handshakes handshakes, ThreadFactory threads) {
    this.context = context;
    this.handshakes = handshakes;
    this.threads = threads;
  }

  @Override
  public Socket createSocket(String service) {
    return new TlsSocket(context, handshakes);
  }

  @Override
  public Socket createSocket(String service, String host, int port) throws IOException {
    return connected(createSocket(service), host, port);
  }

  @Override
  public Socket createSocket(String service, InetAddress host, int port) throws IOException {
    return connected(createSocket(service), host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(
      String service, String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    Socket socket = createSocket(service);
    socket.bind(new InetSocketAddress(localHost, localPort));
    return connected(socket, host, port);
  }

  @Override
  public Socket createSocket(
      String service, InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(service, host.getHostAddress(), port, localHost, localPort);
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    return new TlsServerSocket(context, handshakes, threads);
  }

  @Override
  public ServerSocket createServerSocket(String service, int port) throws IOException {
    throw new IOException("a server socket of the cluster is bound to an address");
  }

  @Override
  public ServerSocket createServerSocket(String service, int port, int backlog) throws IOException {
    throw new IOException("a server socket of the cluster is bound to an address");
  }

  @Override
  public ServerSocket createServerSocket(
      String service, int port, int backlog, InetAddress bindAddress) throws IOException {
    ServerSocket socket = createServerSocket(service);
    socket.bind(new InetSocketAddress(bindAddress, port), backlog);
    return socket;
  }

  private static Socket connected(Socket socket, String host, int port) throws IOException {
    socket.connect(new InetSocketAddress(host, port), 2_000);
    return socket;
  }
}
