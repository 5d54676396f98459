package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.Collection;
import java.util.List;

/**
 * Where a relay reads the log of a stream: those who stand first for feeding it read at edges, and
 * all others at two of them (docs/reference/relay-protocol.md, section 6). So the line of a site
 * carries as many logs as there are readers, however many relays there are. Immutable.
 *
 * @param self this relay
 * @param relays of the site, this one among them
 * @param readers how many read at edges, from 1
 */
public record LogReaders(SiteRelay self, Collection<SiteRelay> relays, int readers) {
  /** So that the loss of one is not noticed. */
  private static final int EACH = 2;

  public LogReaders {
    relays = List.copyOf(relays);
  }

  /** The ids of the relays at which this one reads, best first; none if it reads at edges. */
  public List<Bytes> of(StreamPath path) {
    String stream = path.toString();
    if (Rendezvous.place(stream, self, relays, readers) < readers) {
      return List.of();
    }
    List<SiteRelay> first = Rendezvous.order(stream, relays).subList(0, readers);
    return Rendezvous.order("log " + self.id().hex(), first).stream()
        .limit(EACH)
        .map(SiteRelay::id)
        .toList();
  }
}
