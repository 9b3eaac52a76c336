/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario.h - what a run is made of: the resolved form of a scenario file
 * (docs/scenario-format.md).
 *
 * Plain data, owned by whoever declared it; strings are held inside. All times in ns of virtual
 * time, all sizes in bytes unless a name says lines or frames. scenario_load() is the only way in
 * for files; struct scenario is valid (scenario_check() returned true) wherever else it appears.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iwc.h"

enum sim_world_id {
	SIM_NS = 0, /* non-secure world: the rich OS */
	SIM_S = 1,  /* secure world: the RTOS */
	SIM_WORLDS = 2,
};

#define SIM_NAME_MAX 64
#define SIM_TEXT_MAX 512
#define SIM_PATH_MAX 1024
#define SIM_FLOWS_MAX 16
#define SIM_FAULTS_MAX 32
#define SIM_SETS_MAX 16
#define SIM_PROPERTIES 13 /* P1..P13; bit n - 1 of a mask is Pn */

#define SIM_PROPERTY(n) (1u << ((n)-1))

enum sim_pattern {
	SIM_PATTERN_FIXED,   /* one frame every gap */
	SIM_PATTERN_POISSON, /* exponential gaps with mean gap */
	SIM_PATTERN_BURST,   /* burst frames at once every gap */
};

enum sim_flow_kind {
	SIM_FLOW_FRAMES, /* generated frames */
	SIM_FLOW_REPLAY, /* frames of a capture file */
	SIM_FLOW_PING,	 /* by the NS IP stack: ICMP echo to the secure stack */
	SIM_FLOW_UDP,	 /* UDP echo */
	SIM_FLOW_TCP,	 /* TCP echo of count bytes */
};

struct sim_flow {
	enum sim_flow_kind kind;
	enum sim_world_id from;
	unsigned cls;
	char name[SIM_NAME_MAX];
	uint32_t size_min_bytes, size_max_bytes; /* frame length, uniform between */
	enum sim_pattern pattern;
	uint64_t gap_ns;
	uint32_t burst;		    /* frames a burst */
	uint64_t count;		    /* frames (or bytes for TCP); 0: until stop */
	uint64_t start_ns, stop_ns; /* stop 0: end of the run's main phase */
	char file[SIM_PATH_MAX];    /* replay: path, relative to the scenario file's folder */
	char filter[SIM_TEXT_MAX];  /* replay: BPF expression */
	double speed;		    /* replay: time is divided by it; default 1 */
};

/* Each kind's name in a file is the lower-case rest of its enumerator with '-' for '_'. */
enum sim_fault_kind {
	/* doorbells; world: who rings */
	SIM_FAULT_BELL_LOST,
	SIM_FAULT_BELL_DUPLICATED, /* NS calls twice; of S, two are one pending bit anyway */
	SIM_FAULT_BELL_SPURIOUS,   /* an interrupt that nobody asked for (by time, see rate) */
	SIM_FAULT_BELL_DELAYED,	   /* by up to amount ns */
	SIM_FAULT_BELL_EARLY,	   /* overtakes the data: delivered without ordering */
	SIM_FAULT_BELL_WRONG_CORE, /* goes to a core that ignores it, is forwarded amount ns later
				    */
	SIM_FAULT_BELL_MASKED,	   /* the world masks its own doorbell interrupt for amount ns */
	SIM_FAULT_BELL_STORM,	   /* NS calls the monitor every interval ns for amount ns */
	/* memory; world: whose access */
	SIM_FAULT_STALE_READ,	 /* a load takes the oldest value it may */
	SIM_FAULT_DELAYED_STORE, /* the world's stores stay unseen for amount ns unless ordered */
	SIM_FAULT_TORN_WRITE,	 /* the world stalls amount ns inside a payload line's copy */
	SIM_FAULT_BIT_FLIP,	 /* one bit of a word or payload line that this world wrote */
	SIM_FAULT_REGION_ZEROED, /* the world's section is zeroed under it */
	SIM_FAULT_GARBAGE,	 /* power-on garbage in the section, once, before boot */
	/* life; world: who suffers */
	SIM_FAULT_CRASH, /* at an access; restarts amount ns later */
	SIM_FAULT_CRASH_BOTH,
	SIM_FAULT_CRASH_TWICE,	 /* again at a random access of its first steps */
	SIM_FAULT_RENEW,	 /* driver reload without reboot: next epoch */
	SIM_FAULT_MONITOR_RESET, /* monitor and both worlds restart, memory stays */
	SIM_FAULT_HANG,		 /* the world stops for amount ns, then goes on */
	SIM_FAULT_EPOCH_WRAP,	 /* the boot count jumps to just below 2^32 */
	SIM_FAULT_VERSION,	 /* the world announces another version and geometry in hello */
	/* load and time */
	SIM_FAULT_SLOW_CONSUMER, /* the world takes no frame for amount ns */
	SIM_FAULT_STOP_CONSUMER, /* and never again until the fault's window ends */
	SIM_FAULT_BURST,	 /* amount extra frames at once from this world, class 0 or last */
	SIM_FAULT_OVERSIZE,	 /* the world's stack offers a frame too long */
	SIM_FAULT_RUNT,		 /* and one too short */
	SIM_FAULT_CLOCK_JUMP,	 /* the world's clock jumps by amount ns (may be negative) */
	SIM_FAULT_LATE_TICK,	 /* the world's next poll comes amount ns late */
	SIM_FAULT_NO_BUFFERS,	 /* the world's stack has no receive buffers for amount ns */
	SIM_FAULT_SLOW,		 /* the world stalls amount ns at an access */
	/* end-to-end faults between the sender's check and memory; world: sender, needs cls */
	SIM_FAULT_FRAME_CORRUPTED,
	SIM_FAULT_FRAME_LOST,
	SIM_FAULT_FRAME_REPEATED,
	SIM_FAULT_FRAME_INSERTED,  /* a frame of a former session or another class */
	SIM_FAULT_FRAME_REORDERED, /* swapped with its successor */
	SIM_FAULT_FRAME_LATE,	   /* published amount ns late */
	/* attacks of a hostile NS kernel on its own section, between any two accesses of S */
	SIM_FAULT_ATTACK_RANDOM,	  /* any word, any value */
	SIM_FAULT_ATTACK_TAG_AHEAD,	  /* T01: line number far ahead */
	SIM_FAULT_ATTACK_CREDIT_AHEAD,	  /* T01 */
	SIM_FAULT_ATTACK_CREDIT_BACK,	  /* T02 */
	SIM_FAULT_ATTACK_TAG_REPLAY,	  /* T02: tags of a former lap */
	SIM_FAULT_ATTACK_LENGTH_FLIP,	  /* T03: length changes between two reads */
	SIM_FAULT_ATTACK_LENGTH_PAST_END, /* T04 */
	SIM_FAULT_ATTACK_LENGTH_SHORT,	  /* T05: zero and runts */
	SIM_FAULT_ATTACK_REWRITE_PAYLOAD, /* T06: after the copy */
	SIM_FAULT_ATTACK_WRITE_PEER,	  /* T07: words that S wrote */
	SIM_FAULT_ATTACK_NEVER_RING,	  /* T11: no doorbell leaves NS in the window */
	SIM_FAULT_ATTACK_STOP_CONSUMING,  /* T14 */
	SIM_FAULT_ATTACK_ONE_SLOT,	  /* T15: one line of credit at a time */
	SIM_FAULT_ATTACK_FLAP_EPOCH,	  /* T16: a new epoch every interval */
	SIM_FAULT_ATTACK_KEEP_SESSION,	  /* T17: old session word held while S restarts */
	SIM_FAULT_ATTACK_SKIP,		  /* T44: skip tags wherever S looks */
	SIM_FAULT_KINDS,
};

struct sim_fault {
	enum sim_fault_kind kind;
	enum sim_world_id world;
	double probability;	 /* per opportunity, 0..1; an opportunity is what the kind says */
	uint64_t from_ns, to_ns; /* window; to 0: end of the main phase */
	uint64_t count;		 /* most firings; 0: no limit */
	uint64_t skip;		 /* opportunities passed over first: "at access n" is skip n, p 1 */
	int64_t amount;		 /* what the kind says: ns unless said otherwise */
	uint64_t interval_ns;	 /* for kinds that repeat by time */
	unsigned cls;		 /* class where it matters */
};

/* Countermeasures that live in the simulated port, monitor or worlds and can be taken away. */
enum sim_weakness {
	SIM_WEAK_NO_FENCE = 1u << 0,	  /* port: full fences do nothing (T12) */
	SIM_WEAK_NO_PADDING = 1u << 1,	  /* port: the last line is copied whole (T21) */
	SIM_WEAK_ZERO_COPY = 1u << 2,	  /* port: frames stay in shared memory until used (T06) */
	SIM_WEAK_WRITABLE_PEER = 1u << 3, /* port: the peer's section is mapped writable (T07) */
	SIM_WEAK_LOG_ERRORS = 1u << 4,	  /* port: errors are printed to a UART (T33) */
	SIM_WEAK_NO_BUCKET = 1u << 5,	  /* monitor: every doorbell raises an interrupt (T08) */
	SIM_WEAK_NO_BOOT_COUNT = 1u << 6, /* monitor: epochs repeat after a reboot (T43) */
	SIM_WEAK_NO_REGION_CLEAR = 1u << 7, /* monitor: power-on content stays (T20) */
	SIM_WEAK_NO_POLL = 1u << 8,	    /* worlds: doorbells only (T11) */
};

struct sim_threat {
	char id[8];	   /* "T04"; empty: not a threat scenario */
	char attacker[16]; /* "NS", "S", "none", "either" */
	char what[SIM_TEXT_MAX];
	char countermeasure[SIM_TEXT_MAX];
	/* with the countermeasure off: */
	char off_core[SIM_NAME_MAX];	  /* a patched core, by name; empty: the core as it is */
	enum sim_world_id off_core_world; /* who runs it; see off_core_both */
	bool off_core_both;
	uint32_t off_weak;			  /* enum sim_weakness bits */
	char off_set[SIM_SETS_MAX][SIM_TEXT_MAX]; /* key=value overrides */
	unsigned off_set_count;
	uint32_t breaks; /* properties of which at least one must break */
};

struct sim_world_config {
	uint64_t poll_ns;	     /* poll period P; 0: none */
	uint64_t boot_ns;	     /* from power-on or crash to iwc_boot */
	uint64_t start_ns;	     /* power-on time */
	uint64_t frame_ns;	     /* CPU time a received frame costs above core/ */
	uint64_t irq_ns;	     /* CPU time of the doorbell handler */
	uint64_t relink_ns;	     /* CPU time of the stack when the link comes up */
	uint64_t critical_period_ns; /* 0: no critical task */
	uint64_t critical_wcet_ns;
	uint64_t critical_deadline_ns; /* relative to release */
	uint16_t filter_ethertype;     /* only this type is accepted by the world; 0: all */
	bool stack;		       /* a real IP stack (lwIP) instead of sinks */
};

struct scenario {
	char name[SIM_NAME_MAX];
	char title[SIM_TEXT_MAX];
	char text[4 * SIM_TEXT_MAX];
	char path[SIM_PATH_MAX]; /* of the file; empty if made by hand */
	uint64_t seed;		 /* default seed; --seed overrides */
	uint64_t duration_ns;	 /* main phase */
	uint64_t closing_ns;	 /* phase without faults after it, in which P6 is checked */
	/* channel */
	struct iwc_config channel;
	char class_name[IWC_CLASSES_MAX][SIM_NAME_MAX];
	/* memory and time of the simulated machine */
	double weak;	       /* probability that a load takes an older value it may take */
	uint64_t stale_max_ns; /* a store is seen by everybody after so long */
	uint64_t access_ns;    /* cost of a shared access */
	uint64_t jitter_ns;    /* random extra cost, 0..jitter */
	uint64_t slack_ns;     /* how far a world may run ahead between switches, 0..slack */
	/* monitor */
	uint64_t bucket_interval_ns;
	uint32_t bucket_burst;
	uint64_t bell_ns; /* latency of a doorbell, ring to interrupt */
	uint64_t smc_ns;  /* NS time for an SMC */
	struct sim_world_config world[SIM_WORLDS];
	struct sim_flow flow[SIM_FLOWS_MAX];
	unsigned flow_count;
	struct sim_fault fault[SIM_FAULTS_MAX];
	unsigned fault_count;
	uint32_t properties;	 /* checked; default all that apply */
	uint32_t recovery_polls; /* k of P6 */
	struct sim_threat threat;
	/* what is switched off in this run: empty in a normal run */
	char core[SIM_WORLDS][SIM_NAME_MAX]; /* core variant of each world; default "core" */
	uint32_t weakness;		     /* enum sim_weakness bits */
};

#endif
