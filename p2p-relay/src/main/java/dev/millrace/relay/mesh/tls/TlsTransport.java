package dev.millrace.relay.mesh.tls;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameCutter;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.Mesh;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.SiteRelay;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections between the relays of a site (docs/reference/relay-protocol.md, sections 4, 5 and
 * 11): TLS 1.3 with certificates of both ends, whose common name is the node that each is, then
 * HELLO and WELCOME. Call sequence: constructor, {@link #serve}, {@link #connect} any number of
 * times on any thread, close.
 */
public final class TlsTransport implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TlsTransport.class);

  private static final String[] VERSIONS = {"TLSv1.3"};
  private static final int BACKLOG = 128;

  /** For each step until WELCOME. */
  private static final int PATIENCE_MS = 2000;

  /** Connections that have not said HELLO yet. */
  private static final int STRANGERS = 64;

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([A-Za-z0-9_-]+)");

  private final SSLContext tls;
  private final Frame.Hello hello;
  private final Mesh mesh;
  private final MeshTime time;
  private final LongSupplier clockMs;
  private final SSLServerSocket server;
  private final Executor threads;
  private final Semaphore strangers = new Semaphore(STRANGERS);

  /**
   * Takes the port; nobody is let in before {@link #serve}.
   *
   * @param tls believes the site's authority alone, and shows a certificate of it
   * @param hello what this relay says first
   * @param clockMs wall time, ms since 1970
   * @param threads a thread for each task, since they wait for the network; borrowed
   * @throws IOException if the port cannot be had
   */
  public TlsTransport(
      SSLContext tls,
      Frame.Hello hello,
      Mesh mesh,
      MeshTime time,
      LongSupplier clockMs,
      Executor threads,
      InetSocketAddress listen)
      throws IOException {
    this.tls = tls;
    this.hello = hello;
    this.mesh = mesh;
    this.time = time;
    this.clockMs = clockMs;
    this.threads = threads;
    this.server =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(listen.getPort(), BACKLOG, listen.getAddress());
    server.setNeedClientAuth(true);
    server.setEnabledProtocols(VERSIONS);
  }

  /** What was bound. */
  public int port() {
    return server.getLocalPort();
  }

  /** Lets others in from now on. */
  public void serve() {
    threads.execute(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) server.accept();
        if (strangers.tryAcquire()) {
          threads.execute(() -> letIn(socket));
        } else {
          close(socket);
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.warn("a relay could not connect: {}", e.toString());
        }
      }
    }
  }

  private void letIn(SSLSocket socket) {
    try {
      Bytes certified = begin(socket);
      Greeting greeting = new Greeting(socket);
      if (!(greeting.first() instanceof Frame.Hello said)) {
        throw ProtocolException.malformed("the first frame is no HELLO");
      }
      CompletableFuture<Frame.Welcome> answer = new CompletableFuture<>();
      time.execute(() -> answer.complete(mesh.greet(said, certified, clockMs.getAsLong())));
      Frame.Welcome welcome = answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
      send(socket, welcome);
      if (welcome.verdict() == Frame.Verdict.WELCOME) {
        greeting.goOn(new TlsLink(socket, certified, false, mesh, time, threads));
      } else {
        close(socket);
      }
    } catch (IOException | ProtocolException | ExecutionException | TimeoutException e) {
      log.info("{} was not let in: {}", socket.getInetAddress(), e.toString());
      close(socket);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close(socket);
    } finally {
      strangers.release();
    }
  }

  /** Opens a connection; answered by the mesh's {@code connected} or {@code unreachable}. */
  public void connect(Bytes peer, InetSocketAddress address) {
    threads.execute(() -> open(peer, address));
  }

  private void open(Bytes peer, InetSocketAddress address) {
    Optional<Frame.Verdict> verdict = Optional.empty();
    Socket plain = new Socket();
    try {
      InetAddress host = InetAddress.getByName(address.getHostString());
      plain.connect(new InetSocketAddress(host, address.getPort()), PATIENCE_MS);
      SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(plain, address.getHostString(), address.getPort(), true);
      socket.setUseClientMode(true);
      socket.setEnabledProtocols(VERSIONS);
      if (!begin(socket).equals(peer)) {
        throw ProtocolException.malformed("another relay answers there");
      }
      send(socket, hello);
      Greeting greeting = new Greeting(socket);
      if (!(greeting.first() instanceof Frame.Welcome welcome) || !welcome.id().equals(peer)) {
        throw ProtocolException.malformed("the first frame is no WELCOME of it");
      }
      if (welcome.verdict() == Frame.Verdict.WELCOME) {
        greeting.goOn(new TlsLink(socket, peer, true, mesh, time, threads));
        return;
      }
      verdict = Optional.of(welcome.verdict());
    } catch (IOException | ProtocolException e) {
      log.debug("relay {} at {} cannot be reached", peer.hex(), address, e);
    }
    close(plain);
    Optional<Frame.Verdict> answered = verdict;
    time.execute(() -> mesh.unreachable(peer, answered));
  }

  /** Whose certificate the other end has shown. */
  private static Bytes begin(SSLSocket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    socket.startHandshake();
    if (!(socket.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate)) {
      throw new IOException("no certificate of X.509");
    }
    Matcher name = COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
    if (!name.find()) {
      throw new IOException("the certificate names no node: " + certificate);
    }
    return SiteRelay.idOf(name.group(1));
  }

  private static void send(SSLSocket socket, Frame.Linked frame) throws IOException {
    FrameWriter.write(frame).writeTo(socket.getOutputStream());
    socket.getOutputStream().flush();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  /** Lets nobody in any more; connections are the mesh's to close. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.debug("closing the port of the mesh", e);
    }
  }

  /** The first frame, and whatever comes behind it in the same read. */
  private static final class Greeting {
    private final SSLSocket socket;
    private final List<Frame.Linked> cut = new ArrayList<>();
    private final FrameCutter cutter = new FrameCutter(cut::add);

    Greeting(SSLSocket socket) {
      this.socket = socket;
    }

    Frame.Linked first() throws IOException {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      while (cut.isEmpty()) {
        int count = in.read(buffer);
        if (count < 0) {
          throw new IOException("it said nothing");
        }
        cutter.read(ByteBuffer.wrap(buffer, 0, count));
      }
      return cut.removeFirst();
    }

    void goOn(TlsLink link) throws IOException {
      socket.setSoTimeout(0); // the mesh asks by PING
      link.start(cutter, cut);
    }
  }
}
