package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The membership of a node that is in no cluster: it sees itself and what it has, and messages to
 * others go nowhere.
 */
public final class AloneMembership implements Membership, Topics {
  private final Directory directory;
  private final Announcer announcer;

  /**
   * @param executor runs the listeners
   */
  public AloneMembership(NodeInfo self, Executor executor) {
    this.directory = new Directory(self);
    this.announcer = new Announcer(executor, this::view);
  }

  @Override
  public ClusterView view() {
    synchronized (directory) {
      return directory.view();
    }
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    announcer.add(listener);
  }

  @Override
  public void hold(Holding holding) {
    boolean changed;
    synchronized (directory) {
      changed = directory.hold(holding);
    }
    announceIf(changed);
  }

  @Override
  public void release(StreamPath path, Holding.Kind kind) {
    boolean changed;
    synchronized (directory) {
      changed = directory.release(path, kind);
    }
    announceIf(changed);
  }

  @Override
  public void load(NodeLoad load) {
    boolean changed;
    synchronized (directory) {
      changed = directory.info(directory.own().info().withLoad(load));
    }
    announceIf(changed);
  }

  @Override
  public void draining(boolean draining) {
    boolean changed;
    synchronized (directory) {
      changed = directory.info(directory.own().info().withDraining(draining));
    }
    announceIf(changed);
  }

  @Override
  public void settings(NodeSettings settings) {
    boolean changed;
    synchronized (directory) {
      changed = directory.settings(settings);
    }
    announceIf(changed);
  }

  @Override
  public void listen(int topic, BiConsumer<String, Bytes> listener) {
    // nobody ever sends
  }

  @Override
  public void send(int topic, String nodeId, Bytes message) {
    // nobody is there
  }

  @Override
  public void broadcast(int topic, Bytes message) {
    // nobody is there
  }

  private void announceIf(boolean changed) {
    if (changed) {
      announcer.announce();
    }
  }
}
