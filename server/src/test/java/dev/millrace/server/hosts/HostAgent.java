package dev.millrace.server.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Runs in a virtual host and does what one line of TCP tells it: {@code connect ADDRESS} asks
 * another agent for its name, {@code say WORD} sends a word by multicast, {@code heard} tells the
 * words that came by multicast, {@code name} its own name.
 */
final class HostAgent {
  static final int PORT = 7700;
  private static final InetSocketAddress GROUP = new InetSocketAddress("239.77.77.77", 7701);

  private final String name;
  private final Set<String> heard = new ConcurrentSkipListSet<>();
  private final MulticastSocket multicast;

  private HostAgent(String name, NetworkInterface device) throws IOException {
    this.name = name;
    multicast = new MulticastSocket(GROUP.getPort());
    multicast.setNetworkInterface(device);
    multicast.joinGroup(GROUP, device);
  }

  /**
   * @param args the agent's name and its address
   */
  public static void main(String[] args) throws IOException {
    NetworkInterface device = NetworkInterface.getByInetAddress(InetAddress.getByName(args[1]));
    HostAgent agent = new HostAgent(args[0], device);
    Thread.ofVirtual().start(agent::listen);
    try (ServerSocket server = new ServerSocket(PORT)) {
      System.out.println("ready");
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> agent.serve(client));
      }
    }
  }

  private void listen() {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    try {
      while (true) {
        multicast.receive(packet);
        heard.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      System.out.println("listens no more: " + e);
    }
  }

  private void serve(Socket client) {
    try (client) {
      String[] words = reader(client).readLine().split(" ", 2);
      String answer =
          switch (words[0]) {
            case "connect" -> ask(words[1], "name");
            case "say" -> say(words[1]);
            case "heard" -> String.join(" ", heard);
            default -> name;
          };
      writer(client).println(answer);
    } catch (IOException e) {
      System.out.println("a client failed: " + e);
    }
  }

  private String say(String word) throws IOException {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    multicast.send(new DatagramPacket(bytes, bytes.length, GROUP));
    return "said";
  }

  /** An agent's answer to a line; {@code unreachable} if it does not come within a second. */
  static String ask(String address, String line) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, PORT), 1_000);
      socket.setSoTimeout(5_000);
      writer(socket).println(line);
      return reader(socket).readLine();
    } catch (IOException e) {
      return "unreachable";
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static PrintWriter writer(Socket socket) throws IOException {
    return new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
  }
}
