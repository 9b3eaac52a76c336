/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_topics.c - properties, detectors, violations, errors, weaknesses, verdicts and terms. */
#include <stddef.h>

#include "explain.h"

static const char *const properties[SIM_PROPERTIES] = {
    "Whatever stands in shared memory, and however it changes under the reader, a world touches "
    "nothing but its own memory and the region, and uses only what it has checked. Watched at "
    "every access and every copy.",
    "A frame that was sent in one session is not delivered in another. Each frame carries a number "
    "that the simulator knows, so a frame that comes too late for its session is recognised.",
    "Between honest worlds every class delivers each accepted frame once, in order, and with the "
    "bytes that were sent; nobody overwrites what the other has not taken, and nobody is accused "
    "of what it did not do. Frames in flight at a restart are lost and counted.",
    "One activation takes at most its budget of frames and a bounded number of shared reads, "
    "whatever the other world writes. The reads of every activation are counted against the bound.",
    "In any window of time S gets no more doorbell interrupts than the token bucket allows for "
    "that "
    "window. All interrupts of the run are compared with the bucket's bound.",
    "When the faults have stopped, the link is up again within recovery_polls polls and a frame of "
    "each class goes through in both directions. That is what the closing phase is for.",
    "S never waits for NS: no loop in S repeats until NS does something.",
    "Only bytes of frames and zeros leave S. The rest of the last line of each frame is looked at.",
    "A world does not go to sleep with a frame in its ring and no doorbell on its way, and with a "
    "poll period no frame waits for longer than it.",
    "The periodic critical task of S ends each job before its deadline, with all the interrupts "
    "and "
    "receive work that NS can cause in between.",
    "A frame that is corrupted, repeated, lost, inserted, swapped or late is noticed and counted "
    "as "
    "such, and a corrupted one is never delivered. Only for classes with protect = true.",
    "A control frame that lies ready waits for at most one bulk frame.",
    "No world writes to the section of the other, and none reads back what it wrote itself.",
};

#define PROPERTY(n) EXPLAIN_PROPERTY, "P" #n, NULL

static const struct explain_topic topics[] = {
    {PROPERTY(1)},
    {PROPERTY(2)},
    {PROPERTY(3)},
    {PROPERTY(4)},
    {PROPERTY(5)},
    {PROPERTY(6)},
    {PROPERTY(7)},
    {PROPERTY(8)},
    {PROPERTY(9)},
    {PROPERTY(10)},
    {PROPERTY(11)},
    {PROPERTY(12)},
    {PROPERTY(13)},

    {EXPLAIN_DETECTOR, "out-of-bounds",
     "P1. An access left the region, its section or the lines of its ring. On a machine it would "
     "have hit memory of somebody else. Look for an index or a length that the other world wrote "
     "and "
     "that nobody checked."},
    {EXPLAIN_DETECTOR, "buffer-overflow",
     "P1. More bytes were about to be copied into a private buffer than it holds. The "
     "length was checked against the wrong limit, or not at all."},
    {EXPLAIN_DETECTOR, "double-fetch",
     "P1. One word or payload line of the other world was read twice in one call. Between the two "
     "reads it can change, so that what was checked is not what is used. Read once into a private "
     "variable, check and use that."},
    {EXPLAIN_DETECTOR, "bad-length",
     "P1. A frame was delivered whose length no Ethernet frame of this channel can have."},
    {EXPLAIN_DETECTOR, "used-after-check",
     "P1. The bytes that were used are not those that the filter passed: the frame was still in "
     "shared memory, and the other world rewrote it in between."},
    {EXPLAIN_DETECTOR, "stale-frame",
     "P2. A frame of a former session was delivered. The session changed between sending and "
     "delivery, and the receiver did not look again after its copy."},
    {EXPLAIN_DETECTOR, "duplicate",
     "P3. A frame was delivered a second time, between honest worlds."},
    {EXPLAIN_DETECTOR, "content",
     "P3. Bytes were delivered that nobody sent so: a copy raced with a write, or the payload was "
     "visible later than its tag."},
    {EXPLAIN_DETECTOR, "order",
     "P3. A frame came twice or out of order. Said by runs on threads, which can't tell which."},
    {EXPLAIN_DETECTOR, "echo-content",
     "P3. The echo of an IP flow is not what was sent, although the checksums of IP passed it."},
    {EXPLAIN_DETECTOR, "overwrite",
     "P3. A sender filled a line that the receiver had not taken yet. It believed a credit that "
     "was "
     "not meant for it, such as one of a former session."},
    {EXPLAIN_DETECTOR, "race",
     "P3. A payload was copied and used although nothing orders the copy behind the write: on a "
     "weakly ordered machine the bytes may be old. The load of the tag has to be an acquire, and "
     "its store a release."},
    {EXPLAIN_DETECTOR, "false-accusation",
     "P3. An honest world was held for one that violates the protocol, and its link frozen."},
    {EXPLAIN_DETECTOR, "work-bound",
     "P4. One activation read shared words more often than the bound allows. The other world can "
     "keep this one busy for as long as it likes."},
    {EXPLAIN_DETECTOR, "budget", "P4. One activation took more frames of a class than its budget."},
    {EXPLAIN_DETECTOR, "interrupt-rate",
     "P5. S got more doorbell interrupts in some window than the bucket allows for its length."},
    {EXPLAIN_DETECTOR, "link-down",
     "P6. The faults had stopped, and recovery_polls polls later the link was still down."},
    {EXPLAIN_DETECTOR, "no-traffic",
     "P6. The faults had stopped and the link was up, but a frame of some class did not get "
     "through."},
    {EXPLAIN_DETECTOR, "echo-unfinished",
     "P6. An IP flow (ping, UDP or TCP echo) was not done when the run ended."},
    {EXPLAIN_DETECTOR, "waits",
     "P7. A world read the same word again and again without doing anything else: it waits for the "
     "other one."},
    {EXPLAIN_DETECTOR, "unscrubbed",
     "P8. Bytes behind the end of a frame, on its last line, were not zero. They came out of the "
     "sender's private memory."},
    {EXPLAIN_DETECTOR, "lost-wakeup",
     "P9. A world went to sleep with a frame in its ring and no doorbell on its way. Sender and "
     "receiver each missed the other's store: a full barrier is missing on one side."},
    {EXPLAIN_DETECTOR, "session-unseen",
     "P9. A world went to sleep although the peer had taken a step of the session that it has not "
     "seen, and no doorbell was on its way. Each acknowledgement has to ring."},
    {EXPLAIN_DETECTOR, "not-polled",
     "P9. A frame waited for longer than a poll period although nothing hindered the receiver."},
    {EXPLAIN_DETECTOR, "deadline",
     "P10. A job of the critical task ended after its deadline: interrupts and receive work took "
     "too "
     "much of the processor."},
    {EXPLAIN_DETECTOR, "corrupted",
     "P11. A frame was delivered that was changed on its way. The end-to-end check is off for its "
     "class, or did not see it."},
    {EXPLAIN_DETECTOR, "repeated",
     "P11. A frame was delivered although its number had been delivered before."},
    {EXPLAIN_DETECTOR, "uncounted-loss",
     "P11; on threads P3. A frame was lost, and no counter says so."},
    {EXPLAIN_DETECTOR, "priority",
     "P12. Several bulk frames were delivered while a control frame lay ready."},
    {EXPLAIN_DETECTOR, "writes-peer", "P13. A world stored to the section of the other."},
    {EXPLAIN_DETECTOR, "read-back",
     "P13. A world read a word that it wrote itself. Where the other world can write there too, it "
     "reads a stranger's value; positions belong into private memory."},

    {EXPLAIN_VIOLATION, "length",
     "A tag carries a length below 14 bytes or above the class's longest frame. The receiver "
     "freezes "
     "the link until the peer has a new epoch (threats T04, T05)."},
    {EXPLAIN_VIOLATION, "past-end",
     "A frame would run past the last line of the ring. Frames are contiguous; a sender that has "
     "no "
     "room left at the end skips to the first line (threat T04)."},
    {EXPLAIN_VIOLATION, "skip",
     "A skip tag at the first line of the ring leads nowhere but round in circles (threat T44)."},
    {EXPLAIN_VIOLATION, "credit",
     "A credit went back, or beyond what was sent (threats T01, T02)."},
    {EXPLAIN_VIOLATION, "withdrawn",
     "The peer took its acknowledgement back: it has frozen the link, or is about to restart."},
    {EXPLAIN_VIOLATION, "start",
     "The peer acknowledged the session without saying where its rings start."},

    {EXPLAIN_ERROR, "IWC_EINVAL", "A parameter is out of its range: a mistake of the caller."},
    {EXPLAIN_ERROR, "IWC_EDOWN",
     "The link is not up. Frames offered meanwhile are counted as unsent and belong to the "
     "caller."},
    {EXPLAIN_ERROR, "IWC_EFRAME", "The length of a frame is outside what its class carries."},
    {EXPLAIN_ERROR, "IWC_EPEER",
     "The peer violated the protocol; the link is frozen until it has a new epoch and the back-off "
     "is over. 'iwc explain past-end' and the like say what it did."},

    {EXPLAIN_WEAKNESS, "no-fence",
     "Full barriers of core/ do nothing. Takes T12's countermeasure away."},
    {EXPLAIN_WEAKNESS, "no-padding",
     "The last line of a frame is copied whole, not filled with zeros. Takes T21's away."},
    {EXPLAIN_WEAKNESS, "zero-copy",
     "Frames stay in shared memory until they are used. Takes T06's countermeasure away."},
    {EXPLAIN_WEAKNESS, "writable-peer",
     "The other world's section is mapped writable. Takes T07's countermeasure away."},
    {EXPLAIN_WEAKNESS, "log-errors",
     "Errors are printed to a slow serial line. Takes T33's countermeasure away."},
    {EXPLAIN_WEAKNESS, "no-bucket",
     "The monitor turns every doorbell into an interrupt. Takes T08's countermeasure away."},
    {EXPLAIN_WEAKNESS, "no-boot-count",
     "The monitor hands out the same epoch after every reboot. Takes T43's countermeasure away."},
    {EXPLAIN_WEAKNESS, "no-region-clear",
     "The monitor leaves the region as it was at power-on. Takes T20's countermeasure away."},
    {EXPLAIN_WEAKNESS, "no-poll",
     "Worlds wake up for doorbells only. Takes T11's countermeasure away."},

    {EXPLAIN_VERDICT, "PASS",
     "No property was violated within the bound that stands beside it: this seed, so much virtual "
     "time, so many accesses. It says nothing about what was not run. Exit code 0."},
    {EXPLAIN_VERDICT, "FAIL",
     "A property was violated; the line names it, and the last line reproduces it. With --off that "
     "is what is wanted, but the exit code is still 1."},
    {EXPLAIN_VERDICT, "UNDECIDED",
     "The run was interrupted, or nothing was checked. Exit code 125."},
    {EXPLAIN_VERDICT, "SKIP", "A property does not apply, or something needed is not there."},

    {EXPLAIN_TERM, "epoch",
     "The number of a world's present life, given by the monitor and never used twice in a power "
     "cycle. A session is a pair of epochs that each side has acknowledged."},
    {EXPLAIN_TERM, "credit",
     "How far the receiver has taken the ring. The sender may fill lines up to one ring beyond "
     "it."},
    {EXPLAIN_TERM, "tag",
     "The word that publishes a frame: the number of its first line, and its length. It is the "
     "only "
     "word that a receiver takes from the sender for a frame."},
    {EXPLAIN_TERM, "doorbell",
     "An interrupt that says 'look'. It may be lost, late or superfluous; the poll is the "
     "guarantee."},
    {EXPLAIN_TERM, "seed",
     "A run in virtual time is a function of the scenario and the seed, byte for byte, on any "
     "machine. So one number reproduces a failure."},
    {EXPLAIN_TERM, "virtual time",
     "Time as the simulated machine sees it. It is charged for each access, interrupt and frame, "
     "and "
     "does not depend on how fast the host is."},
};

const struct explain_topic *explain_topic_at(unsigned i)
{
	return i < sizeof(topics) / sizeof(topics[0]) ? &topics[i] : NULL;
}

const char *explain_property(unsigned n)
{
	return n >= 1 && n <= SIM_PROPERTIES ? properties[n - 1] : NULL;
}

const char *explain_kind_name(enum explain_kind kind)
{
	static const char *const name[EXPLAIN_KINDS] = {
	    [EXPLAIN_PROPERTY] = "property",   [EXPLAIN_DETECTOR] = "detector",
	    [EXPLAIN_VIOLATION] = "violation", [EXPLAIN_ERROR] = "error",
	    [EXPLAIN_WEAKNESS] = "weakness",   [EXPLAIN_VERDICT] = "verdict",
	    [EXPLAIN_TERM] = "term",
	};

	return kind < EXPLAIN_KINDS ? name[kind] : NULL;
}
