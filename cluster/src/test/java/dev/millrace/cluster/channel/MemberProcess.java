package dev.millrace.cluster.channel;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.Bytes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.UUID;

/**
 * A member in a process of its own, for {@link FailureTimesTest}: {@code NAME PORT SEEDS}, the
 * secret in the environment. Prints {@code SELF ID} and {@code VIEW MILLIS ID,ID}; reads {@code cut
 * ID,ID}, {@code heal}, and ends with its input.
 */
final class MemberProcess {
  private MemberProcess() {}

  public static void main(String[] args) throws Exception {
    int[] seeds = Arrays.stream(args[2].split(",")).mapToInt(Integer::parseInt).toArray();
    ChannelConfig config = Groups.config("times", Integer.parseInt(args[1]), Groups.seeds(seeds));
    ClusterKeys keys = ClusterSecret.parse(System.getenv("SECRET")).keys("times");
    InstantSource clock = InstantSource.system();
    NodeCertificate certificate =
        NodeCertificate.issue(keys.authority(), args[0], List.of("127.0.0.1"), clock.instant());
    JGroupsChannel channel =
        JGroupsChannel.join(
            config, keys, certificate, new Admission("id-" + args[0], args[0], 1), clock);
    DISCARD cut = new DISCARD();
    channel
        .channel()
        .getProtocolStack()
        .insertProtocol(cut, ProtocolStack.Position.ABOVE, TP.class);
    System.out.println("SELF " + channel.self());
    channel.listen(
        new GroupListener() {
          @Override
          public void viewChanged(GroupView view) {
            System.out.println(
                "VIEW "
                    + clock.millis()
                    + " "
                    + view.members().stream()
                        .map(MemberId::text)
                        .sorted()
                        .collect(Collectors.joining(",")));
          }

          @Override
          public void received(MemberId from, Bytes message) {}
        });
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.equals("heal")) {
        cut.resetIgnoredMembers();
      } else {
        String ids = line.substring("cut ".length());
        for (Address member : channel.channel().getView().getMembers()) {
          if (ids.contains(((UUID) member).toStringLong())) {
            cut.addIgnoredMembers(member);
          }
        }
      }
    }
    System.exit(0);
  }
}
