package dev.millrace.cluster.secret;

import java.util.regex.Pattern;

/** Tells addresses from names without asking a name server. */
final class Hosts {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Hosts() {}

  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }
}
