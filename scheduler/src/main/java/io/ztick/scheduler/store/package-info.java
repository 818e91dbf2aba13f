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
///
/// Measured by `SlabFigures` among the tests, ids of 20 bytes, times within 30 days, random order,
/// two cores shared with others, wall clock: bytes for a job 73.5 at 1 M and 74 at 10 M (66.8 when
/// ids come in order); at 1 M a look-up by id takes 0.35 µs, another time for a job 0.7 µs, a new
/// id 1.6 µs, a row of a listing 11 ns. Leaves that are only split in halves are 69 % full, and a
/// job then takes 81 bytes: two full neighbours become three leaves instead.
@NullMarked
package io.ztick.scheduler.store;

import org.jspecify.annotations.NullMarked;
