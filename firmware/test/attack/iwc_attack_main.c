// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Which attack, for how long, on which CPUs; and a device that maps any physical address into a
 * program, which may find out by itself what is out of reach (T42).
 */
#include <linux/arm-smccc.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "iwc_attack.h"

struct attack_region attack_region;

static char *attack = "";
module_param(attack, charp, 0444);
MODULE_PARM_DESC(attack, "Id of the threat, T01 ...; none: only the device");

static unsigned int ms = 1000;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "How long floods last, milliseconds");

static unsigned long seed = 1;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "Of all that is random");

static u64 ends;

void attack_judge(const char *what, bool good)
{
	pr_notice("iwc_attack: %s: %s\n", good ? "ok" : "FAILED", what);
}

void attack_tell(const char *what, u64 n)
{
	pr_notice("iwc_attack: %s=%llu\n", what, n);
}

bool attack_time_left(void)
{
	return ktime_get_ns() < ends;
}

/* xorshift; @state is never 0 */
u64 attack_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* ---- on all CPUs ---- */

struct crowd {
	void (*body)(u64 *state);
	atomic_t left;
	struct completion done;
};

struct member {
	struct crowd *crowd;
	u64 state;
};

static int member_run(void *data)
{
	struct member *m = data;
	struct crowd *crowd = m->crowd;

	while (attack_time_left()) {
		m->crowd->body(&m->state);
		cond_resched();
	}
	kfree(m);
	if (atomic_dec_and_test(&crowd->left))
		complete(&crowd->done);
	return 0;
}

int attack_everywhere(void (*body)(u64 *state))
{
	struct crowd crowd = {.body = body, .left = ATOMIC_INIT(1)};
	unsigned int cpu;

	init_completion(&crowd.done);
	cpus_read_lock();
	for_each_online_cpu(cpu)
	{
		struct member *m = kmalloc(sizeof(*m), GFP_KERNEL);
		struct task_struct *task;

		if (!m)
			break;
		*m = (struct member){&crowd, (seed + cpu + 1) * 0x9e3779b97f4a7c15ull};
		task = kthread_create_on_cpu(member_run, m, cpu, "iwc_attack/%u");
		if (IS_ERR(task)) {
			kfree(m);
			break;
		}
		atomic_inc(&crowd.left);
		wake_up_process(task);
	}
	attack_judge("all CPUs attack", cpu >= nr_cpu_ids);
	cpus_read_unlock();
	if (!atomic_dec_and_test(&crowd.left))
		wait_for_completion(&crowd.done);
	return 0;
}

/* ---- the device ---- */

static int attack_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, vma->vm_end - vma->vm_start,
			       vma->vm_page_prot);
}

static const struct file_operations attack_operations = {
    .owner = THIS_MODULE,
    .mmap = attack_mmap,
};

static struct miscdevice attack_device = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = "iwc_attack",
    .fops = &attack_operations,
};

/* ---- start ---- */

static const struct {
	const char *id;
	int (*peer)(struct attack_peer *p);
	int (*alone)(void);
} attacks[] = {
    {"T01", attack_far, NULL},	      {"T02", attack_replay, NULL},  {"T03", attack_flip, NULL},
    {"T04", attack_past_end, NULL},   {"T05", attack_runts, NULL},   {"T06", attack_flip, NULL},
    {"T07", attack_write_peer, NULL}, {"T16", attack_flap, NULL},    {"T33", attack_provoke, NULL},
    {"T34", attack_provoke, NULL},    {"T08", NULL, attack_ring},    {"T09", NULL, attack_calls},
    {"T10", NULL, attack_sgi},	      {"T20", NULL, attack_garbage}, {"T21", NULL, attack_padding},
    {"T22", NULL, attack_fuzz},	      {"T23", NULL, attack_fuzz},    {"T24", NULL, attack_identity},
    {"T25", NULL, attack_interrupts}, {"T42", NULL, attack_entry},
};

/* No SMC without a promise of firmware: it would be an undefined instruction. */
static int attack_map(void)
{
	u64 x[18] = {IWC_SMC_REGION};

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return -ENODEV;
	attack_smc(x);
	if (x[0] != IWC_SMC_OK)
		return -ENODEV;
	attack_region.bytes = x[3];
	attack_region.ns = memremap(x[1], x[3], MEMREMAP_WB);
	attack_region.s = memremap(x[2], x[3], MEMREMAP_WB);
	return attack_region.ns && attack_region.s ? 0 : -ENOMEM;
}

static void attack_unmap(void)
{
	if (attack_region.ns)
		memunmap(attack_region.ns);
	if (attack_region.s)
		memunmap(attack_region.s);
}

static int attack_run(unsigned int i)
{
	struct attack_peer *p;
	int ret;

	ends = ktime_get_ns() + (u64)ms * NSEC_PER_MSEC;
	if (attacks[i].alone)
		return attacks[i].alone();
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	ret = attack_peer_up(p) ? attacks[i].peer(p) : -ENOLINK;
	kfree(p);
	return ret;
}

static int __init attack_init(void)
{
	unsigned int i;
	int ret = attack_map();

	for (i = 0; !ret && *attack && i < ARRAY_SIZE(attacks); i++) {
		if (strcmp(attacks[i].id, attack))
			continue;
		ret = attack_run(i);
		pr_notice("iwc_attack: end of %s: %d\n", attack, ret);
		break;
	}
	if (i == ARRAY_SIZE(attacks)) {
		pr_err("iwc_attack: attack=%s: no such attack\n", attack);
		ret = -EINVAL;
	}
	if (!ret)
		ret = misc_register(&attack_device);
	if (ret)
		attack_unmap();
	return ret;
}

static void __exit attack_exit(void)
{
	misc_deregister(&attack_device);
	attack_unmap();
}

module_init(attack_init);
module_exit(attack_exit);

MODULE_AUTHOR("iwc contributors");
MODULE_DESCRIPTION("Attacks on the inter-world channel, for its tests");
MODULE_LICENSE("Dual BSD/GPL");
