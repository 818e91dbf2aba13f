/// Where jobs lie in memory: pages of primitive arrays, no object for a job. Knows ids, times and
/// plan numbers, and three queues; what a job's status means is not its business.
///
/// ```
///                 hash of id ─► IdTable ─┐
/// id ─► LeafIndex ─► leaf ─► rank in it ─┴► handle ─► record in a leaf ─► place in a TimeHeap
///                                             ▲                               │
///                                             └───────────────────────────────┘
/// ```
///
/// {@link Slab} holds them together. A record lies in the leaf that its id belongs to, so that
/// neighbours in the order of ids are neighbours in memory, and moves when leaves are split or
/// merged. So a handle is good until the next id comes or goes, and leaves this package only for
/// that long.
@NullMarked
package io.ztick.scheduler.store;

import org.jspecify.annotations.NullMarked;
