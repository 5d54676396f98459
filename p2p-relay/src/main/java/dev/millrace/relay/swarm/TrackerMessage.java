package dev.millrace.relay.swarm;

import java.util.List;

/**
 * What a tracker tells a page, in the words of the WebTorrent tracker protocol
 * (bittorrent-tracker). Hashes and ids are the 20 bytes that the page sent, as Latin-1 text.
 */
public sealed interface TrackerMessage {
  /**
   * Answers an announcement.
   *
   * @param intervalS until the page is to announce itself again, seconds
   * @param complete peers that have everything: none of a live stream
   * @param incomplete peers in the same group, the page too
   */
  record Announced(String infoHash, int intervalS, int complete, int incomplete)
      implements TrackerMessage {}

  /** Another peer offers a connection. */
  record Offered(String infoHash, String peerId, String offerId, String sdp)
      implements TrackerMessage {}

  /** Another peer answers an offer. */
  record Answered(String infoHash, String peerId, String offerId, String sdp)
      implements TrackerMessage {}

  /** Answers a scrape. */
  record Scraped(List<Announced> files) implements TrackerMessage {
    public Scraped {
      files = List.copyOf(files);
    }
  }

  /** What was wrong with a request, a sentence. */
  record Failed(String reason) implements TrackerMessage {}
}
