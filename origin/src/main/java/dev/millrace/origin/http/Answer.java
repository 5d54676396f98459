package dev.millrace.origin.http;

import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.http.LogHeaders;
import java.util.Map;

/**
 * An answer to a request.
 *
 * @param headers beside Content-Length and Content-Type
 * @param text one line for humans; empty for none
 */
record Answer(int status, Map<String, String> headers, String text) {
  static final Answer OK = new Answer(200, Map.of(), "");
  static final Answer NO_CONTENT = new Answer(204, Map.of(), "");

  static Answer failure(int status, String text) {
    return new Answer(status, Map.of(), text);
  }

  static Answer of(AppendResult result) {
    return switch (result) {
      case AppendResult.Accepted ignored -> OK;
      case AppendResult.Expected(var position) -> {
        // As in the names of parts, without their ending.
        String name = new FileName.Part(position).toString().replace(".m4s", "");
        yield new Answer(
            LogHeaders.EXPECTED_STATUS,
            Map.of(LogHeaders.EXPECTED, name),
            "the log continues at " + name);
      }
      case AppendResult.Stale(long newest) ->
          new Answer(
              LogHeaders.STALE_STATUS,
              Map.of(LogHeaders.NEWEST_EPOCH, Long.toString(newest)),
              "another writer has taken over");
    };
  }
}
