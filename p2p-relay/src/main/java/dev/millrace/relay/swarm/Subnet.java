package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of addresses in CIDR notation (RFC 4632, RFC 4291 §2.3). An IPv4 address that is mapped
 * into IPv6 counts as IPv4, as {@link InetAddress} has it.
 *
 * @param base its first address
 * @param bits that all its addresses share
 */
public record Subnet(InetAddress base, int bits) {
  private static final int NEIGHBOURS_V4 = 24;
  private static final int NEIGHBOURS_V6 = 64;

  /**
   * Cuts the address down to its first bits.
   *
   * @throws IllegalArgumentException if an address has not so many bits
   */
  public Subnet {
    byte[] address = base.getAddress();
    if (bits < 0 || bits > address.length * 8) {
      throw new IllegalArgumentException(
          "a prefix of %s has 0 to %d bits, not %d"
              .formatted(base.getHostAddress(), address.length * 8, bits));
    }
    base = cut(address, bits);
  }

  /**
   * Reads {@code 10.20.0.0/16} or {@code 2001:db8:7::/48}.
   *
   * @throws IllegalArgumentException with what was expected
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? "" : text.substring(0, slash);
    String bits = text.substring(slash + 1);
    try {
      // ofLiteral takes 10.1 for 10.0.0.1.
      boolean whole = address.contains(":") || address.matches("\\d+(\\.\\d+){3}");
      if (whole && bits.matches("\\d{1,3}")) {
        return new Subnet(InetAddress.ofLiteral(address), Integer.parseInt(bits));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(expected(text) + ": " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(expected(text));
  }

  private static String expected(String text) {
    return "expected a subnet like 10.20.0.0/16 or 2001:db8:7::/48, found '" + text + "'";
  }

  /** Where an address most likely has its neighbours: a /24 of IPv4, a /64 of IPv6. */
  public static Subnet around(InetAddress address) {
    return new Subnet(address, address.getAddress().length == 4 ? NEIGHBOURS_V4 : NEIGHBOURS_V6);
  }

  /** Whether it has this address. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == base.getAddress().length && cut(bytes, bits).equals(base);
  }

  private static InetAddress cut(byte[] address, int bits) {
    byte[] cut = Arrays.copyOf(address, address.length);
    for (int bit = bits; bit < cut.length * 8; bit++) {
      cut[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    try {
      return InetAddress.getByAddress(cut);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + bits;
  }
}
