package dev.millrace.ingest.rtmp;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Event loops on the native transport where it loads, on NIO elsewhere. Any thread. */
public final class EventLoops implements AutoCloseable {
  private static final boolean NATIVE = Epoll.isAvailable();

  private final MultiThreadIoEventLoopGroup group;

  /**
   * @param threads 0 for one a processor
   * @param name of the threads, which get a number each
   */
  public EventLoops(int threads, String name) {
    IoHandlerFactory handlers = NATIVE ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    group = new MultiThreadIoEventLoopGroup(count, threads(name), handlers);
  }

  /** Whether the native transport is in use. */
  public static boolean isNative() {
    return NATIVE;
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> serverChannel() {
    return NATIVE ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends SocketChannel> channel() {
    return NATIVE ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Netty's own kind of threads, named {@code NAME-1} and so on, as operators know them. */
  private static ThreadFactory threads(String name) {
    AtomicInteger last = new AtomicInteger();
    return new DefaultThreadFactory(name, true) {
      @Override
      protected Thread newThread(Runnable action, String ignored) {
        return super.newThread(action, name + "-" + last.incrementAndGet());
      }
    };
  }

  /** Closes all channels and ends the threads. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
