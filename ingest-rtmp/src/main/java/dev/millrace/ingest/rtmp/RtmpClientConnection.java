package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Value;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The socket of an {@link RtmpClient}. Event loop, but for the accessors of what others may ask.
 *
 * <pre>
 * from         event                              to
 * HANDSHAKE    S0, S1, S2 read                    CONNECT       says SetChunkSize, connect
 * CONNECT      _result                            CREATE        says releaseStream, FCPublish, createStream
 * CREATE       _result                            READY
 * READY        at once, or publish()              PUBLISH       says publish
 * PUBLISH      onStatus NetStream.Publish.Start   PUBLISHED
 * any          error, close                       CLOSED
 * </pre>
 */
final class RtmpClientConnection extends ChannelInboundHandlerAdapter {
  private static final double CONNECT_CALL = 1;
  private static final double CREATE_STREAM_CALL = 4;
  private static final double PUBLISH_CALL = 5;

  private enum State {
    HANDSHAKE,
    CONNECT,
    CREATE,
    READY,
    PUBLISH,
    PUBLISHED,
    CLOSED
  }

  private final RtmpTarget target;
  private final int chunkSize;
  private final boolean atOnce;
  private final Consumer<Optional<String>> reconnect;
  private final ClientHandshake handshake = new ClientHandshake(this::say);
  private final ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, this::receive);
  private final CompletableFuture<Void> published = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final List<RtmpClient.Status> statuses;
  private final List<RtmpMessage.Command> answers = new CopyOnWriteArrayList<>();

  private State state = State.HANDSHAKE;
  private @Nullable Outbound out;
  private int messageStreamId = 1;

  // Set on the event loop, read by whoever asks.
  private volatile @Nullable Channel channel;
  private volatile long acknowledgedBytes;

  /**
   * @param atOnce whether to publish as soon as it is connected; else {@link #publish} says when
   * @param statuses what the server says is added to it
   * @param reconnect hears of reconnect requests, with their tcUrl, while it publishes
   */
  RtmpClientConnection(
      RtmpTarget target,
      int chunkSize,
      boolean atOnce,
      List<RtmpClient.Status> statuses,
      Consumer<Optional<String>> reconnect) {
    this.target = target;
    this.chunkSize = chunkSize;
    this.atOnce = atOnce;
    this.statuses = statuses;
    this.reconnect = reconnect;
  }

  /** Completes when {@link #publish} may be called. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  CompletableFuture<Void> published() {
    return published;
  }

  CompletableFuture<Void> closed() {
    return closed;
  }

  /** The commands that answered ours, for tests. */
  List<RtmpMessage.Command> answers() {
    return List.copyOf(answers);
  }

  long acknowledgedBytes() {
    return acknowledgedBytes;
  }

  boolean isWritable() {
    Channel open = channel;
    return open != null && open.isWritable();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    Outbound opened = new Outbound(context.channel());
    out = opened;
    opened.raw(ClientHandshake.opening());
    opened.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof ByteBuf buffer && state != State.CLOSED) {
        read(buffer);
      }
    } catch (ProtocolException e) {
      fail(new IOException(e.getMessage()));
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ByteBuf buffer) {
    if (state == State.HANDSHAKE && handshake.read(buffer)) {
      enter(State.CONNECT);
      connect();
    }
    if (state != State.HANDSHAKE) {
      decoder.read(buffer);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(new IOException("the server closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(new IOException(cause));
  }

  /** Ends it; the first reason counts. */
  void fail(IOException why) {
    enter(State.CLOSED);
    if (out != null) {
      out.close();
    }
    Channel open = channel;
    if (open != null) {
      open.close();
    }
    published.completeExceptionally(why);
    closed.complete(null);
  }

  void send(PublishedTag tag) {
    if (state == State.PUBLISHED) {
      say(
          switch (tag.type()) {
            case MessageType.AUDIO -> new RtmpMessage.Audio(tag.timestamp(), tag.body());
            case MessageType.VIDEO -> new RtmpMessage.Video(tag.timestamp(), tag.body());
            case MessageType.DATA_AMF0 -> new RtmpMessage.Data(tag.timestamp(), tag.body());
            default ->
                throw new IllegalArgumentException("tag type " + tag.type() + ", must be 8, 9, 18");
          });
    }
  }

  void flush() {
    if (out != null) {
      out.flush();
    }
  }

  void unpublish() {
    Outbound open = out;
    if (state == State.PUBLISHED && open != null) {
      call("FCUnpublish", 6, Amf0Value.NULL, new Amf0Value.Str(target.streamKey()));
      call("deleteStream", 7, Amf0Value.NULL, new Amf0Value.Num(messageStreamId));
      open.flushLast().addListener(ChannelFutureListener.CLOSE);
    } else {
      abort();
    }
  }

  void abort() {
    fail(new IOException("closed by this side"));
  }

  private void receive(ChunkMessage chunkMessage) {
    switch (RtmpMessageReader.read(chunkMessage)) {
      case RtmpMessage.Command command -> command(command);
      case RtmpMessage.SetChunkSize(int size) -> decoder.setChunkSize(size);
      case RtmpMessage.Abort(int chunkStreamId) -> decoder.abort(chunkStreamId);
      case RtmpMessage.Acknowledgement(long sequenceNumber) -> acknowledgedBytes = sequenceNumber;
      case RtmpMessage.UserControl(int eventType, Bytes eventData) -> {
        if (eventType == RtmpMessage.UserControl.PING_REQUEST) {
          say(new RtmpMessage.UserControl(RtmpMessage.UserControl.PING_RESPONSE, eventData));
        }
      }
      // A publisher has no use for these.
      case RtmpMessage.WindowAcknowledgementSize ignored -> {}
      case RtmpMessage.SetPeerBandwidth ignored -> {}
      case RtmpMessage.Audio ignored -> {}
      case RtmpMessage.Video ignored -> {}
      case RtmpMessage.Data ignored -> {}
      case RtmpMessage.Aggregate ignored -> {}
      case RtmpMessage.Ignored ignored -> {}
    }
  }

  private void command(RtmpMessage.Command command) {
    switch (command.name()) {
      case "_result" -> result(command);
      case "_error", "onStatus" -> status(command);
      default -> {}
    }
  }

  private void result(RtmpMessage.Command command) {
    answers.add(command);
    if (state == State.CONNECT && command.transactionId() == CONNECT_CALL) {
      enter(State.CREATE);
      call("releaseStream", 2, Amf0Value.NULL, new Amf0Value.Str(target.streamKey()));
      call("FCPublish", 3, Amf0Value.NULL, new Amf0Value.Str(target.streamKey()));
      call("createStream", CREATE_STREAM_CALL, Amf0Value.NULL);
    } else if (state == State.CREATE && command.transactionId() == CREATE_STREAM_CALL) {
      enter(State.READY);
      if (command.argument(1).orElse(Amf0Value.NULL) instanceof Amf0Value.Num(double id)) {
        messageStreamId = (int) id;
      }
      ready.complete(null);
      if (atOnce) {
        publish();
      }
    }
  }

  /** Asks for the path; does nothing but where it is ready for that. */
  void publish() {
    if (state == State.READY) {
      enter(State.PUBLISH);
      say(
          new RtmpMessage.Command(
              messageStreamId,
              "publish",
              PUBLISH_CALL,
              List.of(
                  Amf0Value.NULL,
                  new Amf0Value.Str(target.streamKey()),
                  new Amf0Value.Str("live"))));
      flush();
    }
  }

  private void status(RtmpMessage.Command command) {
    if (!(command.argument(1).orElse(Amf0Value.NULL) instanceof Amf0Value.Keyed info)) {
      return;
    }
    RtmpClient.Status status =
        new RtmpClient.Status(
            info.text("level").orElse(""),
            info.text("code").orElse(""),
            info.text("description").orElse(""));
    statuses.add(status);
    if (status.code().equals(EnhancedRtmp.RECONNECT_REQUEST) && state == State.PUBLISHED) {
      reconnect.accept(info.text("tcUrl"));
    }
    if (status.code().equals("NetStream.Publish.Start")) {
      enter(State.PUBLISHED);
      published.complete(null);
    } else if (status.level().equals("error") && state != State.PUBLISHED) {
      fail(new IOException(status.code() + ": " + status.description()));
    }
  }

  private void connect() {
    say(new RtmpMessage.SetChunkSize(chunkSize));
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("app", new Amf0Value.Str(target.app()));
    properties.put("type", new Amf0Value.Str("nonprivate"));
    properties.put("flashVer", new Amf0Value.Str("Millrace publisher"));
    properties.put("tcUrl", new Amf0Value.Str(target.tcUrl().toString()));
    EnhancedRtmp.describe(properties);
    call("connect", CONNECT_CALL, new Amf0Value.Obj(properties));
  }

  private void call(String name, double transactionId, Amf0Value... arguments) {
    say(new RtmpMessage.Command(0, name, transactionId, List.of(arguments)));
  }

  private void say(RtmpMessage message) {
    if (out != null) {
      out.send(message, messageStreamId);
    }
  }

  private void say(Bytes bytes) {
    if (out != null) {
      out.raw(bytes);
    }
  }

  private void enter(State next) {
    state = next;
  }
}
