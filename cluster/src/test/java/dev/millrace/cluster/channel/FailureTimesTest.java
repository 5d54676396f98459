package dev.millrace.cluster.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * How long the others take to see what happened to a process, with real processes that are killed,
 * stopped and cut off. One story, so that the members are started once.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class FailureTimesTest {
  private final List<Member> all = new ArrayList<>();

  /** What a member process said. */
  private static final class Member {
    record Seen(long atMs, String members) {}

    final Process process;
    final List<Seen> views = new CopyOnWriteArrayList<>();
    volatile String id = "";

    Member(String name, int port, int[] seeds) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Xmx128m",
              "-cp",
              System.getProperty("java.class.path"),
              MemberProcess.class.getName(),
              name,
              Integer.toString(port),
              Arrays.stream(seeds).mapToObj(Integer::toString).collect(Collectors.joining(",")));
      builder.environment().put("SECRET", Groups.SECRET.text());
      process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] words = line.split(" ", -1);
          if (words[0].equals("SELF")) {
            id = words[1];
          } else {
            views.add(new Seen(Long.parseLong(words[1]), words[2]));
          }
        }
      } catch (IOException e) {
        // It was killed.
      }
    }

    void say(String command) {
      try {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void signal(String name) throws Exception {
      assertThat(
              new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                  .start()
                  .waitFor())
          .isZero();
    }
  }

  @AfterEach
  void end() {
    all.forEach(member -> member.process.destroyForcibly());
  }

  @Test
  @Timeout(180)
  void deathsPausesAndCutsAreSeenInTime() throws Exception {
    int[] ports = {
      Groups.freePort(), Groups.freePort(), Groups.freePort(), Groups.freePort(), Groups.freePort()
    };
    for (int i = 0; i < ports.length; i++) {
      all.add(new Member("m" + i, ports[i], ports));
    }
    awaitView(all, all);
    List<Member> members = coordinatorLast();

    Member victim = members.removeFirst();
    long killed = System.currentTimeMillis();
    victim.signal("KILL");
    measured("member killed, view without it", killed, awaitView(members, members), 2_000);

    Member coordinator = members.removeLast();
    killed = System.currentTimeMillis();
    coordinator.signal("KILL");
    measured("coordinator killed, view without it", killed, awaitView(members, members), 2_000);

    Member sleeper = members.getFirst();
    List<Member> awake = members.subList(1, members.size());
    long stopped = System.currentTimeMillis();
    sleeper.signal("STOP");
    measured("member stopped, view without it", stopped, awaitView(awake, awake), 8_000);
    long resumed = System.currentTimeMillis();
    sleeper.signal("CONT");
    measured("stopped member back in the view", resumed, awaitView(members, members), 8_000);

    long cut = System.currentTimeMillis();
    List<Member> one = List.of(members.getFirst());
    List<Member> rest = List.copyOf(members.subList(1, members.size()));
    one.forEach(member -> member.say("cut " + ids(rest)));
    rest.forEach(member -> member.say("cut " + ids(one)));
    long apart = Math.max(awaitView(one, one), awaitView(rest, rest));
    measured("cut in two, views apart", cut, apart, 8_000);
    long healed = System.currentTimeMillis();
    members.forEach(member -> member.say("heal"));
    measured("cut healed, one view", healed, awaitView(members, members), 8_000);
  }

  /** When the last of them saw exactly these. */
  private static long awaitView(List<Member> of, List<Member> expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                of.stream()
                    .allMatch(
                        member ->
                            !member.views.isEmpty()
                                && member.views.getLast().members().equals(ids(expected))));
    return of.stream().mapToLong(member -> member.views.getLast().atMs()).max().orElseThrow();
  }

  private List<Member> coordinatorLast() {
    // The first view of all was that of the coordinator, alone.
    List<Member> ordered = new ArrayList<>(all);
    ordered.sort((a, b) -> Boolean.compare(startedAlone(a), startedAlone(b)));
    return ordered;
  }

  private static boolean startedAlone(Member member) {
    return member.views.getFirst().members().equals(member.id);
  }

  private static String ids(List<Member> members) {
    return members.stream().map(member -> member.id).sorted().collect(Collectors.joining(","));
  }

  private static void measured(String what, long from, long until, long boundMs) {
    System.out.printf("MEASURED %s: %d ms (bound %d ms)%n", what, until - from, boundMs);
    assertThat(until - from).as(what).isBetween(0L, boundMs);
  }
}
