package dev.millrace.edge;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Connections of pages to the tracker: WebSockets (RFC 6455) at {@code /tracker?token=...}, from
 * pages of any origin, since it is the token that lets in. Bounded are their number, the size of
 * what they send (by the options of the listener) and the time in which they say nothing. One event
 * loop.
 */
final class TrackerSockets {
  /** Five offers of 8 kB as JSON, each line break of them two characters. */
  static final int MAX_MESSAGE_BYTES = 64 * 1024;

  private static final int MAX_SOCKETS = 20_000;

  /** What waits for a page that does not read; more is not sent to it. */
  private static final int MAX_WAITING_BYTES = 128 * 1024;

  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(25);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(80);

  private static final short GOING_AWAY = 1001;
  private static final short POLICY_VIOLATION = 1008;

  /** RFC 6455 §5.5: a control frame has 125 bytes, two of them for the code. */
  private static final int MAX_REASON = 120;

  private static final Failure NO_TOKEN =
      new Failure(
          403,
          "the tracker needs a token of this network: GET /api/v1/streams/APP/NAME/swarm",
          CacheRule.NO_STORE,
          false);

  private final EdgeNode node;
  private final Context context;
  private final Answers answers;
  private final AtomicInteger all;

  /** All that are open, by when they were last heard, and by when they were last asked. */
  private final OldestFirst<Socket> heard = new OldestFirst<>();

  private final OldestFirst<Socket> asked = new OldestFirst<>();

  /**
   * @param all sockets of all loops together
   */
  TrackerSockets(EdgeNode node, Context context, Answers answers, AtomicInteger all) {
    this.node = node;
    this.context = context;
    this.answers = answers;
    this.all = all;
  }

  void serve(HttpServerRequest request) {
    if (!node.sources().swarm().isOn()) {
      answers.failure(request, Failure.notFound("viewers do not share here"));
    } else if (!request.canUpgradeToWebSocket()) {
      answers.failure(request, Failure.badRequest("the tracker is a WebSocket"));
    } else if (all.incrementAndGet() > MAX_SOCKETS) {
      all.decrementAndGet();
      answers.failure(request, Failure.unavailable("the tracker has too many connections"));
    } else {
      Optional<Socket> socket = ClientAddress.of(request).flatMap(from -> enter(request, from));
      if (socket.isEmpty()) {
        all.decrementAndGet();
        answers.failure(request, NO_TOKEN);
      } else {
        request
            .toWebSocket()
            .onComplete(
                upgraded -> {
                  if (upgraded.succeeded()) {
                    socket.get().begin(upgraded.result());
                  } else {
                    socket.get().end();
                  }
                });
      }
    }
  }

  private Optional<Socket> enter(HttpServerRequest request, InetAddress from) {
    Socket socket = new Socket();
    return node.sources()
        .swarm()
        .tracker()
        .connect(request.getParam("token", ""), from, socket)
        .map(socket::of);
  }

  /**
   * Asks who is still there, and lets go of who is not. Costs what there is to do, however many are
   * connected.
   */
  void tick() {
    long now = node.nanoTime().getAsLong();
    heard
        .before(now - SILENCE_NANOS)
        .forEach(socket -> socket.end(POLICY_VIOLATION, "nothing was heard for long"));
    asked.before(now - PING_NANOS).forEach(socket -> socket.ask(now));
  }

  /** Ends all of them: the server stops. */
  void close() {
    heard.all().forEach(socket -> socket.end(GOING_AWAY, "the server is stopping"));
  }

  /**
   * One connection. The methods of {@link EdgeSwarm.Wire} on any thread, the others on the loop.
   */
  private final class Socket implements EdgeSwarm.Wire {
    private Optional<EdgeSwarm.Visitor> visitor = Optional.empty();
    private Optional<ServerWebSocket> wire = Optional.empty();
    private boolean ended;

    Socket of(EdgeSwarm.Visitor entered) {
      visitor = Optional.of(entered);
      return this;
    }

    void begin(ServerWebSocket upgraded) {
      if (ended) {
        upgraded.close();
        return;
      }
      wire = Optional.of(upgraded);
      long now = node.nanoTime().getAsLong();
      heard.happened(this, now);
      asked.happened(this, now);
      upgraded.setWriteQueueMaxSize(MAX_WAITING_BYTES);
      upgraded.textMessageHandler(text -> told(visitor -> visitor.message(text)));
      // simple-websocket of the WebTorrent clients sends text as binary messages in places.
      upgraded.binaryMessageHandler(bytes -> told(visitor -> visitor.message(bytes.toString())));
      upgraded.pongHandler(pong -> told(visitor -> {}));
      upgraded.exceptionHandler(failure -> broken(String.valueOf(failure.getMessage())));
      upgraded.closeHandler(closed -> end());
    }

    private void told(Consumer<EdgeSwarm.Visitor> what) {
      if (!ended) {
        heard.happened(this, node.nanoTime().getAsLong());
        visitor.ifPresent(what);
      }
    }

    /** What came is no WebSocket or too long: nothing after it can be read. */
    private void broken(String why) {
      told(page -> page.malformed(why));
      close(why); // after what the page is told
    }

    void ask(long now) {
      asked.happened(this, now);
      wire.ifPresent(socket -> socket.writePing(Buffer.buffer()));
    }

    @Override
    public void send(String text) {
      onLoop(
          () ->
              wire.filter(socket -> !ended && !socket.writeQueueFull())
                  .ifPresent(socket -> socket.writeTextMessage(text)));
    }

    @Override
    public void close(String reason) {
      onLoop(() -> end(POLICY_VIOLATION, reason));
    }

    private void onLoop(Runnable task) {
      try {
        context.runOnContext(ignored -> task.run());
      } catch (RejectedExecutionException e) {
        // The event loops have ended, and the connections with them.
      }
    }

    private void end(short code, String reason) {
      wire.ifPresent(
          socket ->
              socket.close(
                  code, reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason));
      end();
    }

    private void end() {
      if (!ended) {
        ended = true;
        heard.remove(this);
        asked.remove(this);
        all.decrementAndGet();
        visitor.ifPresent(EdgeSwarm.Visitor::gone);
      }
    }
  }
}
