package dev.millrace.relay.mesh.udp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multicast group and its port, as {@code 239.255.7.1:7482} or {@code [ff15::71]:7482}.
 * Immutable.
 */
public record GroupAddress(InetSocketAddress address) {
  private static final Pattern TEXT =
      Pattern.compile("(?:([0-9.]{7,15})|\\[([0-9A-Fa-f:.]{2,45})]):([0-9]{1,5})");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static GroupAddress parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no group and port: " + text);
    }
    int port = Integer.parseInt(parts.group(3));
    try {
      // An address in figures: nobody is asked for it.
      String figures = parts.group(1) == null ? parts.group(2) : parts.group(1);
      InetAddress group = InetAddress.getByName(figures);
      if (!group.isMulticastAddress() || port < 1 || port > MAX_PORT) {
        throw new IllegalArgumentException("no multicast group and port: " + text);
      }
      return new GroupAddress(new InetSocketAddress(group, port));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address: " + text, e);
    }
  }

  boolean isIpv4() {
    return address.getAddress().getAddress().length == 4;
  }

  @Override
  public String toString() {
    String figures = address.getAddress().getHostAddress();
    return (isIpv4() ? figures : "[" + figures + "]") + ":" + address.getPort();
  }
}
