package dev.millrace.server;

import dev.millrace.edge.TransportStreams;
import dev.millrace.media.Bytes;
import dev.millrace.relay.iptv.IptvOut;
import java.util.Optional;
import java.util.function.Consumer;

/** Channels by HTTP: those that are sent here, and those that are received. */
record IptvStreams(IptvOut sent, Optional<ReceptionRoom> received) implements TransportStreams {
  @Override
  public Optional<Runnable> watch(String channel, Consumer<Bytes> viewer) {
    return sent.watch(channel, viewer)
        .or(() -> received.flatMap(room -> room.watch(channel, viewer)));
  }

  @Override
  public Optional<Runnable> watchGroup(boolean rtp, String group, Consumer<Bytes> viewer) {
    return received.flatMap(room -> room.watchGroup(rtp, group, viewer));
  }

  @Override
  public Optional<Bytes> repair(String channel, String client, long ssrc, int from, int count) {
    return sent.repair(channel, client, ssrc, from, count);
  }
}
