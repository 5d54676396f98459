package dev.millrace.transcoder.ffmpeg.worker;

/** The pipeline cannot go on. The message is one sentence for the operator. */
public final class WorkerException extends RuntimeException {
  WorkerException(Throwable cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
