package dev.millrace.server.e2e;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A DNS server on loopback that knows one name, and its addresses (RFC 1035). */
final class NameServer implements AutoCloseable {
  private static final int TTL_SECONDS = 1;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final int port;

  NameServer(String name, List<String> addresses) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<DatagramChannel>() {
                  @Override
                  protected void initChannel(DatagramChannel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answers(name, addresses));
                  }
                });
    InetSocketAddress bound =
        (InetSocketAddress)
            bootstrap.bind("127.0.0.1", 0).syncUninterruptibly().channel().localAddress();
    port = bound.getPort();
  }

  /** As {@code DNS_PING} wants it. */
  String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    loop.shutdownGracefully();
  }

  private static final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    private final String name;
    private final List<String> addresses;

    Answers(String name, List<String> addresses) {
      this.name = name;
      this.addresses = addresses;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
      response.addRecord(DnsSection.QUESTION, question);
      if (!question.name().equalsIgnoreCase(name + ".")) {
        response.setCode(DnsResponseCode.NXDOMAIN);
      } else if (question.type().equals(DnsRecordType.A)) {
        for (String address : addresses) {
          response.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(),
                  DnsRecordType.A,
                  TTL_SECONDS,
                  Unpooled.wrappedBuffer(InetAddress.ofLiteral(address).getAddress())));
        }
      }
      context.writeAndFlush(response);
    }
  }
}
