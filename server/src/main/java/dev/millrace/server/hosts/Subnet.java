package dev.millrace.server.hosts;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code 10.77.N.0/24}, whose two halves are the networks of the two {@link Half}s.
 *
 * @param number N
 */
record Subnet(int number) {

  /** One of which this machine has no address. */
  static Subnet free() {
    try {
      Set<String> used =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .map(InetAddress::getHostAddress)
              .map(address -> address.substring(0, Math.max(0, address.lastIndexOf('.'))))
              .collect(Collectors.toSet());
      return IntStream.range(0, 256)
          .filter(number -> !used.contains("10.77." + number))
          .mapToObj(Subnet::new)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("all of 10.77.0.0/16 is in use"));
    } catch (SocketException e) {
      throw new IllegalStateException("the interfaces of this machine cannot be listed", e);
    }
  }

  String address(int last) {
    return "10.77." + number + "." + last;
  }

  /** The address at which the machine itself is found in a half. */
  String tester(Half half) {
    return address(half.testerNumber());
  }

  /** The hardware address that belongs to it; given, so that nobody needs to ask for it. */
  String testerHardware(Half half) {
    return "02:4d:52:%02x:00:%02x".formatted(number, half.testerNumber());
  }
}
