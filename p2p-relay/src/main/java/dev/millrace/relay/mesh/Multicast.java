package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.List;

/**
 * Binding M as a {@link SiteMesh} sees it: parts go to all relays that hear the feeder at once
 * (docs/reference/relay-protocol.md, section 8). All on the mesh's executor. Within {@link
 * Host#decoded} the mesh may call {@link #over}; else neither end calls back within a call.
 */
public interface Multicast {
  /** What multicast asks and tells the mesh. */
  interface Host {
    /** The renditions that this relay feeds. */
    List<PartName.Track> fed();

    /** The relays that subscribed by multicast here. */
    int listeners();

    /** Whether symbols of a stream are taken from a relay: it feeds or stands by. */
    boolean mayFeed(Bytes relay, PartName.Track track);

    /** A symbol of a part came that can be used. */
    void coming(PartName part);

    /**
     * A part is put together.
     *
     * @return whether it is the one of the signed log; true also where it is not needed any more
     */
    boolean decoded(PartName part, Bytes bytes);

    /** Other relays are heard than before. */
    void heardChanged();

    /** To a relay, ms; 0 if that is not known. */
    int roundTripMs(Bytes relay);
  }

  /** No multicast: trees only. */
  Multicast NONE =
      new Multicast() {
        @Override
        public void begin(Host host) {}

        @Override
        public boolean hears(Bytes relay, PartName.Track track) {
          return false;
        }

        @Override
        public void send(PartName part, Bytes bytes, long until) {}

        @Override
        public void expect(PartName part, int sizeBytes, long until) {}

        @Override
        public void over(PartName part) {}

        @Override
        public void close() {}
      };

  /** Before everything else, once. */
  void begin(Host host);

  /** Whether this relay hears that one well enough, and it said that it sends the rendition. */
  boolean hears(Bytes relay, PartName.Track track);

  /**
   * Sends a part to all.
   *
   * @param until nothing of it is sent any more; nanoseconds of the mesh's time
   */
  void send(PartName part, Bytes bytes, long until);

  /**
   * The entry of a part that is needed here is signed.
   *
   * @param until what lacks is asked for; nanoseconds of the mesh's time
   */
  void expect(PartName part, int sizeBytes, long until);

  /** A part is here, or of no use any more. */
  void over(PartName part);

  /** Nothing is sent any more. */
  void close();
}
