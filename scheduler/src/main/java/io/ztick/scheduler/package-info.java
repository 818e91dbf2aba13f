/// Jobs, rules, due times, runs and the journal: what is planned, what is due, what may start, and
/// what is remembered. No sockets, no processes and no clock: time is an argument, effects are
/// returned. No threads but those that wait for the journal's disk.
///
/// | word | meaning |
/// |---|---|
/// | job | an id and a planned time |
/// | plan | one accepted `SET` of a job; numbered, never used again |
/// | rule | a pattern of job ids and a runner |
/// | runner | what is done for a due job |
/// | due | the planned time has come, by the wall clock |
/// | triggered | due, and a rule chosen |
/// | run | one attempt of a plan; waits for a slot, runs, ends with an outcome |
/// | change | one step of the state, as the journal keeps it |
/// | journal | where changes go before anybody is told of them |
/// | record | what the journal's disk holds of a job, rule or token |
///
/// ```
/// plan, remove, setRule …  ─► Change ─► Journal.append ─► State.apply      live
/// fire(now), ended(run)    ─►   │
///                   Journal.replay ─────────────────────► State.apply      recovery
/// RocksJournal ─► JournalBatch ─► Records ─► RecordBatch ─► Store ─► disk
/// disk ─► Store ─► RecordReader ─► replay
/// Journal.whenDurable ─► Runs.admit ─► start(now) ─► Run, to whoever can perform it
/// ```
///
/// On purpose, though it may look like a mistake:
///
/// - A result that belongs to no current plan is dropped without a trace: its job was planned anew
///   or removed.
/// - A running job that is removed and set again stays `planned` past its time, until the old run
///   has ended.
/// - A triggered job's change carries the whole rule: what the rule is later does not touch the
///   run.
/// - Attempts are counted when a job is triggered, so a run that a crash kept from starting used
///   one up.
/// - The journal keeps a record of what is, not of each change: it does not grow with time, and a
///   start need not live through it all again. The numbers of changes show whether one is missing.
/// - A start reads everything before it opens the journal for writing, and so the log twice: what
///   is opened for writing repairs itself. What the log held becomes a table behind the start.
/// - The live log ends in zeros: room for records, whose sync is then shorter. Behind a crash they
///   are no loss.
/// - Planning a job anew leaves records of the older plan: the plan number tells that they are old.
/// - Tokens go through the journal, and are known elsewhere: they are to survive like everything
///   else, and one disk is synced for all.
/// - Waiting runs are looked at against the clock once more before they start: it may have been set
///   back.
@NullMarked
package io.ztick.scheduler;

import org.jspecify.annotations.NullMarked;
