package dev.millrace.cluster.channel;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is connected only once its TLS handshake is over, within a bounded time.
 *
 * <p>JGroups shakes hands without a limit, on the thread that sends to everybody; a process that is
 * stopped takes connections (its kernel does) and never answers, and would hold up all others.
 */
final class TlsSocket extends Socket {
  private static final int HANDSHAKE_TIMEOUT_MS = 2_000;
  private static final int FAREWELL_TIMEOUT_MS = 300;
  private static final int MAX_UNREAD = 65_536;

  private final SSLContext context;
  private final Handshakes handshakes;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile @Nullable SSLSocket secured;
  private volatile boolean ended;

  /** Until a handshake as client has gone well. */
  private volatile boolean asking;

  TlsSocket(SSLContext context, Handshakes handshakes) {
    this.context = context;
    this.handshakes = handshakes;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMs) throws IOException {
    super.connect(endpoint, timeoutMs);
    InetSocketAddress peer = (InetSocketAddress) endpoint;
    handshakes.began();
    try {
      asking = true;
      shakeHands(peer.getHostString(), peer.getPort(), true);
      asking = false;
      handshakes.succeeded();
    } catch (IOException e) {
      handshakes.failedAsClient(getInetAddress(), peer.getPort(), e);
      close();
      throw e;
    }
  }

  /** The handshake of a connection that came in. Closed when it fails. */
  void accepted() throws IOException {
    handshakes.began();
    try {
      shakeHands(getInetAddress().getHostAddress(), getPort(), false);
      handshakes.succeeded();
    } catch (IOException e) {
      handshakes.failedAsServer(getInetAddress(), e);
      close();
      throw e;
    }
  }

  /* The TLS socket takes the streams of this one while it is made: until then they are the bare ones. */
  private void shakeHands(String host, int port, boolean client) throws IOException {
    setSoTimeout(HANDSHAKE_TIMEOUT_MS);
    setTcpNoDelay(true);
    SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(this, host, port, true);
    tls.setUseClientMode(client);
    if (!client) {
      tls.setNeedClientAuth(true);
    }
    tls.setEnabledProtocols(new String[] {"TLSv1.3"});
    tls.startHandshake();
    setSoTimeout(0);
    secured = tls;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    SSLSocket tls = secured;
    return tls == null ? super.getInputStream() : new Incoming(tls.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    SSLSocket tls = secured;
    return tls == null ? super.getOutputStream() : new Outgoing(tls.getOutputStream());
  }

  /** Zero for TLS, so that closing never waits for a peer that reads nothing (JGRP-2748). */
  @Override
  public int getSoLinger() {
    return 0;
  }

  /** TLS says goodbye and then closes this one, which comes here again. */
  @Override
  public void close() throws IOException {
    SSLSocket tls = secured;
    if (tls != null && closing.compareAndSet(false, true)) {
      try {
        tls.close();
      } finally {
        super.close();
      }
    } else {
      if (asking) {
        asking = false;
        letReasonArrive();
      }
      super.close();
    }
  }

  /**
   * Why TLS gives up is in an alert that was just sent. Closing with bytes unread would reset the
   * connection, and the other end would see that instead.
   */
  private void letReasonArrive() {
    try {
      setSoTimeout(FAREWELL_TIMEOUT_MS);
      shutdownOutput();
      InputStream rest = super.getInputStream();
      byte[] unread = new byte[4096];
      int left = MAX_UNREAD;
      for (int count = 0; count >= 0 && left > 0; count = rest.read(unread)) {
        left -= count;
      }
    } catch (IOException e) {
      // It is gone already.
    }
  }

  /** Notices that the other end is gone. */
  private final class Incoming extends FilterInputStream {
    Incoming(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      boolean more = false;
      try {
        int count = in.read(into, offset, length);
        more = count >= 0;
        return count;
      } finally {
        if (!more) {
          ended = true;
        }
      }
    }
  }

  /**
   * Drops what is for an end that is gone: JGroups says goodbye to it, and an error if it cannot.
   */
  private final class Outgoing extends FilterOutputStream {
    Outgoing(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (!ended) {
        try {
          out.write(from, offset, length);
        } catch (IOException e) {
          ended = true;
          TlsSocket.this.close();
        }
      }
    }
  }
}
