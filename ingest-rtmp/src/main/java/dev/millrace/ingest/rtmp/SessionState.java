package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;

/**
 * What a connection may do at its point of the conversation; one class per state. Each method
 * returns the state that follows, and {@link RtmpSession} alone assigns it.
 *
 * <pre>
 * from              message                                   to
 * AwaitingConnect   connect, application can be one           Connected
 * AwaitingConnect   connect, application refused              Leaving
 * Connected         createStream, releaseStream, FCPublish... Connected
 * Connected         publish, accepted                         Publishing
 * Connected         publish, refused; play                    Leaving
 * Publishing        audio, video, data                        Publishing
 * Publishing        FCUnpublish, closeStream, deleteStream    Connected
 * Publishing        taken over                                Leaving
 * any               malformed, unsupported, limit, timeout    Leaving
 * Leaving           anything                                  Leaving
 * </pre>
 */
sealed interface SessionState permits AwaitingConnect, Connected, Publishing, SessionState.Leaving {

  /**
   * A command (§7.2).
   *
   * @throws dev.millrace.media.ProtocolException if it is broken or not to be said here
   */
  SessionState command(RtmpMessage.Command command);

  /** The body of an FLV tag, with its type as {@link TagSink} has it. */
  SessionState tag(int type, int timestamp, Bytes body, long arrivalNanos);

  /** The connection is closing or closed; what the state holds is given up. */
  default void end(String reason) {}

  /** Whether the peer publishes, so that its bytes must keep coming. */
  default boolean isPublishing() {
    return false;
  }

  /** The last words are said; the rest of what the peer sends is passed over. */
  record Leaving() implements SessionState {
    @Override
    public SessionState command(RtmpMessage.Command command) {
      return this;
    }

    @Override
    public SessionState tag(int type, int timestamp, Bytes body, long arrivalNanos) {
      return this;
    }
  }
}
