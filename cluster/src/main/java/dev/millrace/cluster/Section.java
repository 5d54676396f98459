package dev.millrace.cluster;

import java.util.List;

/** All that one node says: itself and what it has. Only that node writes it. */
record Section(
    Version version, NodeInfo info, NodeSettings settings, PathMap<List<Holding>> holdings) {

  Section withVersion(Version changed) {
    return new Section(changed, info, settings, holdings);
  }

  Section withInfo(NodeInfo changed) {
    return new Section(version, changed, settings, holdings);
  }

  Section withSettings(NodeSettings changed) {
    return new Section(version, info, changed, holdings);
  }

  Section withHoldings(PathMap<List<Holding>> changed) {
    return new Section(version, info, settings, changed);
  }
}
