// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Calls of the monitor. The interface is firmware/include/iwc_smc.h.
 */
#include <linux/arm-smccc.h>
#include <linux/device.h>

#include "iwc_net.h"
#include "iwc_smc.h"

/*
 * Is there a monitor that speaks our language, and does it mean the same memory as the device tree?
 * Without EL3 an SMC is an undefined instruction, so firmware has to promise the conduit first.
 */
int iwc_net_smc_check(struct device *dev, phys_addr_t own, phys_addr_t peer, size_t bytes)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return dev_err_probe(dev, -ENODEV,
				     "firmware promises no SMCCC 1.1 by SMC: no monitor to ask\n");
	arm_smccc_1_1_smc(IWC_SMC_VERSION, &res);
	if ((s32)res.a0 < 0)
		return dev_err_probe(dev, -ENODEV, "the monitor knows no inter-world channel\n");
	if (res.a0 >> 16 != IWC_SMC_VERSION_NUMBER >> 16)
		return dev_err_probe(dev, -EPROTO,
				     "the monitor speaks version %lu.%lu, this driver %u.%u\n",
				     res.a0 >> 16, res.a0 & 0xffff, IWC_SMC_VERSION_NUMBER >> 16,
				     IWC_SMC_VERSION_NUMBER & 0xffff);
	arm_smccc_1_1_smc(IWC_SMC_REGION, &res);
	if (res.a0 || res.a1 != own || res.a2 != peer || res.a3 > bytes)
		return dev_err_probe(dev, -EINVAL,
				     "device tree says own %pa, peer %pa, %#zx bytes; monitor says %#lx, %#lx, %#lx\n",
				     &own, &peer, bytes, res.a1, res.a2, res.a3);
	return 0;
}

/* An epoch that was never used before; 0 if the monitor gives none. */
u32 iwc_net_smc_epoch(void)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(IWC_SMC_EPOCH, &res);
	return res.a0 == IWC_SMC_OK ? (u32)res.a1 : 0;
}

void iwc_net_smc_ring(void)
{
	struct arm_smccc_res res;

	/* DSB: an interrupt does not follow the order of memory; the stores come first. */
	wmb();
	arm_smccc_1_1_smc(IWC_SMC_RING, &res);
}
