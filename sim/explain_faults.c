/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_faults.c - what each kind of fault does. */
#include <stddef.h>

#include "explain.h"

static const char *const faults[SIM_FAULT_KINDS] = {
    [SIM_FAULT_BELL_LOST] =
	"A doorbell of this world goes missing. Its frames wait for the next poll.",
    [SIM_FAULT_BELL_DUPLICATED] = "A doorbell raises its interrupt twice.",
    [SIM_FAULT_BELL_SPURIOUS] = "An interrupt comes for which nobody rang, every interval.",
    [SIM_FAULT_BELL_DELAYED] = "A doorbell takes up to amount longer.",
    [SIM_FAULT_BELL_EARLY] =
	"A doorbell overtakes the data: its interrupt says nothing about what is visible.",
    [SIM_FAULT_BELL_WRONG_CORE] =
	"The interrupt goes to a core that ignores it, and is passed on amount later.",
    [SIM_FAULT_BELL_MASKED] = "The world masks its doorbell interrupt for amount.",
    [SIM_FAULT_BELL_STORM] =
	("The world rings every interval for amount, whatever it has to say. From NS each ring "
	 "is a call to the monitor."),
    [SIM_FAULT_STALE_READ] = "A load returns the oldest value that the memory model still allows.",
    [SIM_FAULT_DELAYED_STORE] =
	"Stores of this world stay unseen for amount, as far as nothing orders them.",
    [SIM_FAULT_TORN_WRITE] =
	"The world stands still for amount in the middle of copying a payload line.",
    [SIM_FAULT_BIT_FLIP] = "One bit flips in a word or a payload line that this world wrote.",
    [SIM_FAULT_REGION_ZEROED] = "The world's section turns to zeros under it.",
    [SIM_FAULT_GARBAGE] =
	("At power-on the world's section holds garbage. The monitor clears it, unless it is told "
	 "not to (no-region-clear)."),
    [SIM_FAULT_CRASH] = "The world dies at an access and boots again amount later.",
    [SIM_FAULT_CRASH_BOTH] = "Both worlds die at an access and boot again amount later.",
    [SIM_FAULT_CRASH_TWICE] =
	"The world dies, boots amount later, and dies once more during its first steps.",
    [SIM_FAULT_RENEW] = "The driver is reloaded without a reboot: a new epoch, the same memory.",
    [SIM_FAULT_MONITOR_RESET] = ("The monitor and both worlds restart. The memory of the region "
				 "survives until it is cleared."),
    [SIM_FAULT_HANG] = "The world stands still for amount, then goes on as if nothing had been.",
    [SIM_FAULT_EPOCH_WRAP] = "The world's boot count jumps to just below 2^32.",
    [SIM_FAULT_VERSION] = "The world announces another protocol version and geometry.",
    [SIM_FAULT_SLOW_CONSUMER] = "The world takes no frame for amount.",
    [SIM_FAULT_STOP_CONSUMER] = "The world takes no frame until the window ends.",
    [SIM_FAULT_BURST] = "The world sends amount frames more, all at once.",
    [SIM_FAULT_OVERSIZE] = "The world's stack offers a frame that is too long for the channel.",
    [SIM_FAULT_RUNT] = "The world's stack offers a frame that is too short.",
    [SIM_FAULT_CLOCK_JUMP] = "The world's clock jumps by amount, backwards if it is negative.",
    [SIM_FAULT_LATE_TICK] = "The world's next poll comes amount late.",
    [SIM_FAULT_NO_BUFFERS] = "The world's stack has no buffer for received frames for amount.",
    [SIM_FAULT_SLOW] = "The world stalls for amount at an access.",
    [SIM_FAULT_FRAME_CORRUPTED] =
	"A frame changes between the sender's checksum and memory. The receiver has to notice.",
    [SIM_FAULT_FRAME_LOST] = "A frame vanishes after the sender has numbered it.",
    [SIM_FAULT_FRAME_REPEATED] = "A frame is published twice with one number.",
    [SIM_FAULT_FRAME_INSERTED] =
	"A frame of an earlier session or of another class appears in the ring.",
    [SIM_FAULT_FRAME_REORDERED] = "A frame changes places with the next one.",
    [SIM_FAULT_FRAME_LATE] = "A frame is published amount late.",
    [SIM_FAULT_ATTACK_RANDOM] = "NS writes any value into any word of its section.",
    [SIM_FAULT_ATTACK_TAG_AHEAD] = "NS writes a tag with a line number far ahead of S (T01).",
    [SIM_FAULT_ATTACK_CREDIT_AHEAD] = "NS gives back more lines than S has sent (T01).",
    [SIM_FAULT_ATTACK_CREDIT_BACK] = "NS takes back credit that it has given (T02).",
    [SIM_FAULT_ATTACK_TAG_REPLAY] = "NS shows tags of an earlier lap of the ring (T02).",
    [SIM_FAULT_ATTACK_LENGTH_FLIP] = "NS changes a length just after S has read it (T03).",
    [SIM_FAULT_ATTACK_LENGTH_PAST_END] =
	"NS writes a length that runs past the end of the ring or of the buffer (T04).",
    [SIM_FAULT_ATTACK_LENGTH_SHORT] = "NS writes a length of 0 or below an Ethernet header (T05).",
    [SIM_FAULT_ATTACK_REWRITE_PAYLOAD] = "NS rewrites a payload after S has copied it (T06).",
    [SIM_FAULT_ATTACK_WRITE_PEER] =
	"NS writes to words of S. Without the weakness writable-peer it only gets a fault (T07).",
    [SIM_FAULT_ATTACK_NEVER_RING] = "No doorbell leaves NS in the window (T11).",
    [SIM_FAULT_ATTACK_STOP_CONSUMING] = "NS takes nothing more in the window (T14).",
    [SIM_FAULT_ATTACK_ONE_SLOT] = "NS gives credit back one line at a time (T15).",
    [SIM_FAULT_ATTACK_FLAP_EPOCH] = "NS announces a new epoch every interval (T16).",
    [SIM_FAULT_ATTACK_KEEP_SESSION] =
	"NS holds its session word while S restarts, as if nothing had happened (T17).",
    [SIM_FAULT_ATTACK_SKIP] = "NS writes a skip tag wherever S looks (T44).",
};

const char *explain_fault(unsigned kind)
{
	return kind < SIM_FAULT_KINDS ? faults[kind] : NULL;
}
