//! Texts of messages, put together from the sentences of real dialogs so that words are as common as in a language.
//!
//! Rare words and unique references are strewn in, since whole sentences come again and again.

use std::{collections::HashMap, fs, path::Path};

use anyhow::Context;
use serde_json::Value;

use crate::{random::Random, text::push_word};

/// Sentences are added until a message has some number of bytes below this.
const ENOUGH_BYTES: u32 = 190;
const REFERENCES: f64 = 0.1;
const RARE_WORDS: f64 = 0.04;
const RARE_VOCABULARY: u32 = 50_000;
const SPEAKER_BYTES_MAX: usize = 40;

const CHINESE: [&[&str]; 4] = [
    &["您好，", "请问，", "不好意思，", "谢谢，", "好的，", "没关系，", "对了，", "另外，", "我想问一下，"],
    &[
        "我的订单",
        "这个账户",
        "上周的包裹",
        "会员积分",
        "我的信用卡",
        "手机套餐",
        "您的预约",
        "电子发票",
        "退款申请",
        "新的地址",
    ],
    &[
        "还没有收到",
        "已经取消了",
        "需要修改",
        "无法登录",
        "什么时候处理",
        "一直显示错误",
        "可以延长吗",
        "正在审核",
        "被重复扣款",
    ],
    &[
        "，请帮我查一下。",
        "，麻烦您尽快确认。",
        "，谢谢您的帮助。",
        "，我等了三天了。",
        "，应该怎么办？",
        "，可以退款吗？",
        "，请稍等。",
        "。",
    ],
];
const ARABIC: [&[&str]; 4] = [
    &["مرحبا، ", "من فضلك، ", "شكرا لك، ", "عفوا، ", "حسنا، ", "صباح الخير، "],
    &[
        "طلبي الأخير",
        "حسابي المصرفي",
        "بطاقة الائتمان",
        "الفاتورة الجديدة",
        "موعد التسليم",
        "كلمة المرور",
        "الشحنة",
    ],
    &[" لم يصل بعد", " تم إلغاؤه", " يحتاج إلى تعديل", " لا يعمل اليوم", " قيد المراجعة", " تأخر كثيرا"],
    &["، هل يمكنك المساعدة؟", "، أرجو الرد سريعا.", "، شكرا على تعاونك.", "، أريد استرداد المبلغ.", "."],
];

/// The sentences of real dialogs, and their words by how often they occur.
#[derive(Debug)]
pub(crate) struct Corpus {
    sentences: Vec<String>,
    words: Vec<String>,
}

impl Corpus {
    /// Reads the folder of real conversations.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).with_context(|| format!("no real dialogs at {}", path.display()))
        };
        let mut sentences = Vec::new();
        for line in read("dialogs/taskmaster4.jsonl")?.lines() {
            let dialog: Value = serde_json::from_str(line)?;
            let turns = dialog["utterances"].as_array().into_iter().flatten();
            turns.filter_map(|turn| turn["text"].as_str()).for_each(|text| split(text, &mut sentences));
        }
        for line in read("transcripts/contact-centre-calls.jsonl")?.lines() {
            let call: Value = serde_json::from_str(line)?;
            let lines = call["Content"].as_str().unwrap_or_default().lines().filter_map(spoken);
            lines.for_each(|text| split(text, &mut sentences));
        }
        anyhow::ensure!(sentences.len() > 1000, "only {} sentences of real dialogs", sentences.len());
        let words = words_by_count(&sentences);
        Ok(Self { sentences, words })
    }

    /// Makes a message of some 130 bytes that needs no escape in JSON.
    pub(crate) fn message(&self, language: &str, random: &mut Random) -> String {
        let enough = 1 + random.below(ENOUGH_BYTES) as usize;
        let mut text = String::with_capacity(200);
        while text.len() < enough {
            match language {
                "zh-CN" => CHINESE.iter().for_each(|part| text.push_str(random.pick::<&str>(part))),
                "ar" => ARABIC.iter().for_each(|part| text.push_str(random.pick::<&str>(part))),
                _ => text.push_str(self.sentence(random)),
            }
            text.push(' ');
        }
        if random.chance(RARE_WORDS) {
            text.push_str("They call it ");
            push_word(&mut text, 8_000 + random.zipf(RARE_VOCABULARY) as usize);
            text.push_str(". ");
        }
        text.pop();
        text
    }

    pub(crate) fn sentence(&self, random: &mut Random) -> &str {
        random.pick::<String>(&self.sentences)
    }

    /// The word of this rank, the most common first; the last where there are fewer.
    pub(crate) fn word(&self, rank: u32) -> &str {
        &self.words[(rank as usize).min(self.words.len() - 1)]
    }
}

/// A sentence with a reference that nothing else has, for some of the messages.
pub(crate) fn reference(of: &str, random: &mut Random) -> Option<String> {
    random.chance(REFERENCES).then(|| format!(" My reference number is {of}."))
}

/// A short piece of Chinese that occurs in messages.
pub(crate) fn chinese(random: &mut Random) -> String {
    let parts = CHINESE[1 + random.below(2) as usize];
    let part: Vec<char> = random.pick::<&str>(parts).chars().collect();
    part[..2 + random.below(part.len() as u32 - 2) as usize].iter().collect()
}

/// What is said in a line of a transcript, such as `Agent (Ben): Hello`.
fn spoken(line: &str) -> Option<&str> {
    let (speaker, text) = line.split_once(": ")?;
    (speaker.len() <= SPEAKER_BYTES_MAX && !speaker.contains(|c: char| c.is_ascii_digit())).then_some(text)
}

fn split(text: &str, sentences: &mut Vec<String>) {
    let text = text.replace('"', "'").replace(|c: char| c == '\\' || c.is_control(), " ");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = [". ", "? ", "! "].iter().filter_map(|end| rest.find(end)).min();
        let (sentence, after) = rest.split_at(end.map_or(rest.len(), |at| at + 1));
        if sentence.trim().contains(' ') {
            sentences.push(sentence.trim().to_owned());
        }
        rest = after.trim_start();
    }
}

fn words_by_count(sentences: &[String]) -> Vec<String> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for word in sentences.iter().flat_map(|sentence| sentence.split(|c: char| !c.is_alphabetic())) {
        if word.len() > 2 {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    words.into_iter().map(|(word, _)| word).collect()
}

#[cfg(test)]
impl Corpus {
    /// A few sentences, for tests that have no real ones.
    pub(crate) fn small() -> Self {
        let mut sentences = Vec::new();
        split(
            "Can I get a latte with oat milk? Sure, it will be ready at the bar. Thank you so much!",
            &mut sentences,
        );
        let words = words_by_count(&sentences);
        Self { sentences, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_their_marks_and_need_no_escape() {
        let mut sentences = Vec::new();
        split("Say \"hi\" now. OK. Is it 3.5 \\ or 4? Yes it is", &mut sentences);
        assert_eq!(sentences, ["Say 'hi' now.", "Is it 3.5   or 4?", "Yes it is"]);
        assert_eq!(spoken("Agent (Ben): Hello there"), Some("Hello there"));
        assert_eq!(spoken("00:00:15"), None);
    }

    #[test]
    fn a_message_of_real_sentences_has_130_bytes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
        if !folder.is_dir() && std::env::var_os("CI").is_none() {
            println!("skipped: no real dialogs beside the repository");
            return;
        }
        let (corpus, mut random) = (Corpus::read(&folder).unwrap(), Random::new(5));
        let bytes = |language: &str, random: &mut Random| {
            (0..20_000).map(|_| corpus.message(language, random).len()).sum::<usize>() / 20_000
        };
        let english = bytes("en-US", &mut random);
        assert!((120..140).contains(&english), "{english}");
        assert!((100..180).contains(&bytes("zh-CN", &mut random)));
        assert!((100..180).contains(&bytes("ar", &mut random)));
        assert!((2..=6).contains(&chinese(&mut random).chars().count()));
        assert_eq!([corpus.word(0), corpus.word(1)], ["you", "the"]);
    }
}
