package dev.millrace.server.site;

import dev.millrace.cluster.secret.ClusterKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** By what an edge tells relays of one site from those of another. Immutable; any thread. */
public final class SiteTokens {
  private static final String SCHEME = "Bearer ";

  private final Map<String, byte[]> headers = new LinkedHashMap<>();

  /**
   * @param keys of the main cluster
   * @param sites that are let in
   */
  public SiteTokens(ClusterKeys keys, Collection<String> sites) {
    sites.forEach(
        site ->
            headers.put(site, (SCHEME + keys.siteToken(site)).getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Whose token an Authorization header has; empty if it is of no site that is let in. Takes the
   * same time for every token.
   */
  public Optional<String> siteOf(String authorization) {
    byte[] shown = authorization.getBytes(StandardCharsets.UTF_8);
    String found = "";
    for (Map.Entry<String, byte[]> each : headers.entrySet()) {
      if (MessageDigest.isEqual(each.getValue(), shown)) {
        found = each.getKey();
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /** Never a token. */
  @Override
  public String toString() {
    return "SiteTokens" + headers.keySet();
  }
}
