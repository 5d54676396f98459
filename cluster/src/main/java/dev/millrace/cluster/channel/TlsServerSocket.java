package dev.millrace.cluster.channel;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jgroups.util.ThreadFactory;

/**
 * Gives only connections whose TLS handshake is over. Handshakes run beside each other, so that
 * neither a stranger who says nothing nor a stopped process keeps others waiting; of too many the
 * oldest is dropped.
 */
final class TlsServerSocket extends ServerSocket {
  private static final int MAX_HANDSHAKES = 64;
  private static final long PAUSE_NANOS = 20_000_000;

  private final SSLContext context;
  private final Handshakes handshakes;
  private final ThreadFactory threads;

  /** Empty: closed. */
  private final BlockingQueue<Optional<Socket>> ready = new LinkedBlockingQueue<>();

  private final Deque<TlsSocket> shaking = new ArrayDeque<>();
  private boolean listening;

  TlsServerSocket(SSLContext context, Handshakes handshakes, ThreadFactory threads)
      throws IOException {
    this.context = context;
    this.handshakes = handshakes;
    this.threads = threads;
  }

  @Override
  public Socket accept() throws IOException {
    listen();
    try {
      Optional<Socket> next = ready.take();
      if (next.isEmpty()) {
        ready.add(next);
        throw new SocketException("Socket closed");
      }
      return next.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    for (Optional<Socket> left = ready.poll(); left != null; left = ready.poll()) {
      if (left.isPresent()) {
        left.get().close();
      }
    }
    ready.add(Optional.empty());
    synchronized (shaking) {
      for (TlsSocket socket : shaking) {
        socket.close();
      }
    }
  }

  private synchronized void listen() {
    if (!listening) {
      listening = true;
      threads.newThread(this::acceptAll, "cluster-accept").start();
    }
  }

  private void acceptAll() {
    while (!isClosed()) {
      TlsSocket socket = new TlsSocket(context, handshakes);
      try {
        implAccept(socket);
      } catch (IOException e) {
        // Closed, or out of file descriptors: then the peer waits in the kernel's queue.
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      admit(socket);
      threads.newThread(() -> shakeHands(socket), "cluster-handshake").start();
    }
    ready.add(Optional.empty());
  }

  private void admit(TlsSocket socket) {
    synchronized (shaking) {
      shaking.addLast(socket);
      if (shaking.size() > MAX_HANDSHAKES) {
        try {
          shaking.removeFirst().close();
        } catch (IOException e) {
          // It is gone, which was wanted.
        }
      }
    }
  }

  private void shakeHands(TlsSocket socket) {
    try {
      socket.accepted();
      ready.add(Optional.of(socket));
    } catch (IOException e) {
      // Told where it happened.
    } finally {
      synchronized (shaking) {
        shaking.remove(socket);
      }
    }
  }
}
