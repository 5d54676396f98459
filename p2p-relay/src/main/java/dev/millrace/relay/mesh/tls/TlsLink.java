package dev.millrace.relay.mesh.tls;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameCutter;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.Link;
import dev.millrace.relay.mesh.Mesh;
import dev.millrace.relay.mesh.MeshTime;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/**
 * An open connection: one thread reads, one writes, and what they find goes to the mesh's executor.
 * What was sent and not written is bounded by {@link #isWritable}; what was read and not yet taken,
 * by a number of pieces, so that a relay that is busy lets TCP slow the others down.
 */
final class TlsLink implements Link {
  private static final int WRITABLE_BYTES = 64 * 1024;
  private static final int BUFFER_BYTES = 32 * 1024;

  /** Of up to {@link #BUFFER_BYTES} each. */
  private static final int PIECES_AHEAD = 16;

  /** For BYE, where the other end takes nothing. */
  private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SSLSocket socket;
  private final Bytes peer;
  private final boolean opened;
  private final Mesh mesh;
  private final MeshTime time;
  private final Executor threads;
  private final BlockingQueue<Bytes> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger waitingBytes = new AtomicInteger();
  private final Semaphore ahead = new Semaphore(PIECES_AHEAD);

  /** Raised on the mesh's executor, lowered by who tells it. */
  private volatile boolean full;

  /** Of the mesh's executor: it wants to hear nothing more. */
  private boolean over;

  /**
   * @param socket behind its handshake, HELLO and WELCOME
   * @param threads a thread for each task
   */
  TlsLink(
      SSLSocket socket, Bytes peer, boolean opened, Mesh mesh, MeshTime time, Executor threads) {
    this.socket = socket;
    this.peer = peer;
    this.opened = opened;
    this.mesh = mesh;
    this.time = time;
    this.threads = threads;
  }

  /**
   * Tells the mesh of it, and carries frames from now on.
   *
   * @param cutter to which what has come goes on, and what it cuts
   */
  void start(FrameCutter cutter, List<Frame.Linked> cut) {
    time.execute(() -> mesh.connected(this));
    threads.execute(this::write);
    threads.execute(() -> read(cutter, cut));
  }

  @Override
  public Bytes peer() {
    return peer;
  }

  @Override
  public boolean opened() {
    return opened;
  }

  @Override
  public boolean isWritable() {
    if (waitingBytes.get() < WRITABLE_BYTES) {
      return true;
    }
    full = true;
    // Looked at again: all may have been written before who writes could see it.
    return waitingBytes.get() < WRITABLE_BYTES;
  }

  @Override
  public void send(Frame.Linked frame) {
    if (!over) {
      Bytes bytes = FrameWriter.write(frame);
      waitingBytes.addAndGet(bytes.length());
      waiting.add(bytes);
    }
  }

  @Override
  public void close(Frame.Leaving reason, String text) {
    if (!over) {
      send(new Frame.Bye(reason, text));
      over = true;
      waiting.add(Bytes.EMPTY);
      time.after(CLOSING_NANOS, this::cut);
    }
  }

  private void write() {
    try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES)) {
      while (true) {
        Bytes next = waiting.take();
        if (next.isEmpty()) {
          return; // and the stream is flushed and closed, the socket with it
        }
        next.writeTo(out);
        if (waiting.isEmpty()) {
          out.flush();
        }
        int left = waitingBytes.addAndGet(-next.length());
        if (full && left < WRITABLE_BYTES / 2) {
          full = false;
          time.execute(this::writable);
        }
      }
    } catch (IOException e) {
      cut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cut();
    }
  }

  private void writable() {
    if (!over) {
      mesh.writable(this);
    }
  }

  private void read(FrameCutter cutter, List<Frame.Linked> cut) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = socket.getInputStream();
      while (true) {
        tell(cut);
        int count = in.read(buffer);
        if (count < 0) {
          break;
        }
        cutter.read(ByteBuffer.wrap(buffer, 0, count));
      }
    } catch (ProtocolException e) {
      time.execute(() -> malformed(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      // It is told below, as an end is.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    time.execute(this::gone);
  }

  private void tell(List<Frame.Linked> cut) throws InterruptedException {
    if (cut.isEmpty()) {
      return;
    }
    List<Frame.Linked> frames = new ArrayList<>(cut);
    cut.clear();
    ahead.acquire();
    time.execute(
        () -> {
          ahead.release();
          for (Frame.Linked frame : frames) {
            if (!over) {
              mesh.received(this, frame);
            }
          }
        });
  }

  private void malformed(String reason) {
    if (!over) {
      mesh.malformed(this, reason);
    }
  }

  private void gone() {
    if (!over) {
      over = true;
      mesh.disconnected(this);
    }
    waiting.add(Bytes.EMPTY);
    cut();
  }

  private void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  @Override
  public String toString() {
    return peer.hex();
  }
}
