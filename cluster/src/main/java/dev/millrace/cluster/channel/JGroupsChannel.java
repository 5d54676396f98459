package dev.millrace.cluster.channel;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.Bytes;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group of processes that JGroups keeps, over TLS, closed to whoever has not the cluster's secret
 * (ADR 13).
 */
public final class JGroupsChannel implements GroupChannel {
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsChannel.class);

  private final JChannel channel;
  private final Inbox inbox = new Inbox();
  private final Map<MemberId, Address> addresses = new ConcurrentHashMap<>();

  /** Connects later, in {@link #connect}. */
  JGroupsChannel(JChannel channel) {
    this.channel = channel;
    channel.setReceiver(
        new Receiver() {
          @Override
          public void viewAccepted(View view) {
            takeIn(view);
          }

          @Override
          public void receive(Message message) {
            inbox.received(
                id(message.getSrc()),
                Bytes.wrap(message.getArray(), message.getOffset(), message.getLength()));
          }
        });
  }

  /**
   * Finds the others and joins them; where nobody is found, starts a group of one that goes on
   * looking. Blocks for about the join timeout where nobody answers, much shorter where somebody
   * does, and for some ten seconds where those found are silent.
   *
   * @throws RefusedException when nodes are there and do not let this one in, or it would not have
   *     them
   * @throws IOException when the port is taken, or the stack does not start
   */
  public static JGroupsChannel join(
      ChannelConfig config,
      ClusterKeys keys,
      NodeCertificate certificate,
      Admission self,
      InstantSource clock)
      throws RefusedException, IOException {
    return new Joining(config, keys, certificate, self, clock).join();
  }

  /** For tests that cut it. */
  JChannel channel() {
    return channel;
  }

  void connect(String clusterName) throws Exception {
    channel.connect(clusterName);
  }

  /** Where this node listens: {@code ADDRESS:PORT}. */
  public String listensAt() {
    return String.valueOf(
        channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, channel.getAddress())));
  }

  @Override
  public MemberId self() {
    return id(channel.getAddress());
  }

  @Override
  public GroupView view() {
    return inbox.view();
  }

  @Override
  public void listen(GroupListener listener) {
    inbox.listen(listener);
  }

  @Override
  public void send(MemberId to, Bytes message) {
    Address address = addresses.get(to);
    if (address != null) {
      sendTo(address, message);
    }
  }

  @Override
  public void broadcast(Bytes message) {
    sendTo(null, message);
  }

  @Override
  public void close() {
    channel.close();
  }

  /** Members and their addresses, for people. */
  @Override
  public String toString() {
    return "JGroupsChannel(%s, %s)".formatted(channel.getAddress(), channel.getView());
  }

  private void takeIn(View view) {
    List<Address> members = view.getMembers();
    for (Address member : members) {
      addresses.put(id(member), member);
    }
    addresses.values().retainAll(members);
    inbox.viewChanged(
        new GroupView(
            members.stream().map(JGroupsChannel::id).toList(), view instanceof MergeView));
  }

  private void sendTo(@Nullable Address to, Bytes message) {
    try {
      channel.send(new BytesMessage(to, message.toArray()));
    } catch (Exception e) {
      // Closed, or being closed: then nobody waits for it.
      LOG.debug("not sent", e);
    }
  }

  /** Of the address alone, so that it is the same wherever it is made. */
  private static MemberId id(Address address) {
    return new MemberId(((UUID) address).toStringLong());
  }
}
