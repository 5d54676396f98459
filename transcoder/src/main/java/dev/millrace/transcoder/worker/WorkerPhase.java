package dev.millrace.transcoder.worker;

/** Where the life of a stream's workers stands; {@link WorkerLife} has the transitions. */
public enum WorkerPhase {
  /** Nothing is to be done. */
  IDLE,
  /** A worker was started and has said nothing yet. */
  STARTING,
  /** A worker is at work. */
  WORKING,
  /** Nothing is left to be done, the worker may finish. */
  ENDING,
  /** The worker was killed and is not gone yet. */
  DYING,
  /** A worker failed, the next one comes after a pause. */
  PAUSED,
  /** No node has a place for a worker now. */
  WAITING,
  /** Too many failed, no other one comes. */
  GIVEN_UP
}
